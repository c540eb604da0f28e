/*
 * Weight and colours: the escape sequences that faces and reports use (ECMA-48 8.3.117). Known to view/ only.
 */
#ifndef PARLANCE_VIEW_STYLE_H
#define PARLANCE_VIEW_STYLE_H

#define STYLE_END "\033[0m"
#define BOLD "\033[1m"
#define BOLD_UNDERLINED "\033[1;4m"
#define BOLD_RED "\033[1;31m"
#define RED "\033[31m"
#define GREEN "\033[32m"
#define MAGENTA "\033[35m"

#endif
