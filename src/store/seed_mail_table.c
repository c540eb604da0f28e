/*
 * The mail of a new lab: what the documents' conversations find there, with the sizes that they print, and a few messages of
 * every kind. A form feed stands where lines are added until a message has its size.
 *
 * Laid out by sets, each in the order of its UIDs.
 */
#include "store/seed_table.h"

#define FLAGS(flags) ((uint64_t)(flags))

const struct seed_mail seed_mails[SEED_MAILS] = {
	{ "bob",
	  "From: alice@crepes.fr\n"
	  "To: bob@hamburger.edu\n"
	  "Date: 1 Oct 2024 12:00:00 +0200\n"
	  "Subject: Lunch?\n"
	  "\n"
	  "Do you like ketchup?\n",
	  120, FLAGS(0), "", 1727776804 /* 2024-10-01 12:00:04 +0200 */, 120, true },
	{ "bob",
	  "From: Alice <alice@crepes.fr>\n"
	  "To: Bob <bob@hamburger.edu>\n"
	  "Date: Tue, 1 Oct 2024 12:10:00 +0200\n"
	  "Subject: And one more thing\n"
	  "Message-ID: <pickles.2@crepes.fr>\n"
	  "\n"
	  "How about pickles, or some onions?\n",
	  200, FLAGS(0), "", 1727777403 /* 2024-10-01 12:10:03 +0200 */, 120, true },
	{ "bob",
	  "From: Jones <Jones@foo.com>\n"
	  "To: bob@hamburger.edu\n"
	  "Date: Wed, 2 Oct 2024 09:15:00 +0000\n"
	  "Subject: The red queen\n"
	  "Message-ID: <red.queen@foo.com>\n"
	  "MIME-Version: 1.0\n"
	  "Content-Type: text/plain; charset=us-ascii\n"
	  "\n"
	  "Bob,\n"
	  "\n"
	  "\"Now, here, you see, it takes all the running you can do, to keep in the\n"
	  "same place. If you want to get somewhere else, you must run at least twice\n"
	  "as fast as that!\"\n"
	  "\f\n"
	  "-- \n"
	  "Jones\n",
	  498, FLAGS(0), "", 1727860502 /* 2024-10-02 09:15:02 +0000 */, 0, true },
	{ "bob",
	  "From: The teacher <teacher@example.com>\n"
	  "To: Students: alice@example.com, bob@example.com;\n"
	  "Cc: staff@example.com\n"
	  "Date: Thu, 3 Oct 2024 08:00:00 +0200\n"
	  "Subject: Homework for week 1\n"
	  "Message-ID: <week1@example.com>\n"
	  "Reply-To: teacher@example.com\n"
	  "MIME-Version: 1.0\n"
	  "Content-Type: text/plain; charset=us-ascii\n"
	  "\n"
	  "Dear all,\n"
	  "\n"
	  "for next week: fetch the file homework/week1.txt by FTP, answer its\n"
	  "questions, and store your answers beside it. The other connection, through\n"
	  "which the file comes, is half of the fun.\n"
	  "\f\n"
	  "Yours,\n"
	  " the teacher\n",
	  912, FLAGS(MAIL_FLAGGED), "", 1727935201 /* 2024-10-03 08:00:01 +0200 */, 120, true },
	{ "frobozz",
	  "Return-Path: <thorsen@example.com>\n"
	  "Received: from mail.example.com (mail.example.com [192.0.2.25])\n"
	  " by snark.example.com (8.8.5/8.8.5) with ESMTP id QAA13207\n"
	  " for <frobozz@example.com>; Tue, 5 Sep 2000 16:02:33 -0400\n"
	  "Received: from gate.example.net (gate.example.net [198.51.100.7])\n"
	  " by mail.example.com (8.9.3/8.9.3) with ESMTP id QAA04411\n"
	  " for <frobozz@example.com>; Tue, 5 Sep 2000 16:02:28 -0400 (EDT)\n"
	  "Received: from dungeon.example.net (dungeon.example.net [198.51.100.21])\n"
	  " by gate.example.net (8.9.3/8.9.3) with SMTP id NAA28817\n"
	  " for <frobozz@example.com>; Tue, 5 Sep 2000 13:02:19 -0700 (PDT)\n"
	  "Message-Id: <200009052002.NAA28817@gate.example.net>\n"
	  "X-Sender: thorsen@dungeon.example.net\n"
	  "X-Mailer: The Great Underground Mailer, version 4.2 (brass)\n"
	  "Mime-Version: 1.0\n"
	  "Content-Type: text/plain; charset=\"us-ascii\"\n"
	  "Content-Transfer-Encoding: 7bit\n"
	  "Date: Tue, 5 Sep 2000 13:02:17 -0700\n"
	  "To: frobozz@example.com\n"
	  "From: Thorsen <thorsen@example.com>\n"
	  "Cc: grues@example.com\n"
	  "Subject: The brass lantern, and what the darkness holds without it\n"
	  "Reply-To: thorsen@example.com\n"
	  "In-Reply-To: <200009040713.DAA02210@snark.example.com>\n"
	  "References: <200009031944.PAA01711@snark.example.com>\n"
	  " <200009040713.DAA02210@snark.example.com>\n"
	  "Precedence: bulk\n"
	  "X-Warning: what follows has been in the dark; read it by the light of a lantern\n"
	  "X-Remark: it is pitch dark in here, and one is likely to be eaten by a grue or two\n"
	  "\n"
	  "You are standing in an open field west of a white house, with a boarded\n"
	  "front door. There is a small mailbox here.\n"
	  "\n"
	  "> open mailbox\n"
	  "\n"
	  "Opening the small mailbox reveals a leaflet.\n"
	  "\n"
	  "> read leaflet\n"
	  "\n"
	  "\"Take the lantern with you, and mind its light: it does not last for ever.\n"
	  "The word that is written on the wall is a name, and names are of use only to\n"
	  "those who say them in the right place. Nothing happens elsewhere.\"\n"
	  "\f\n"
	  "The echo is the same in both directions here.\n"
	  "\n"
	  "-- \n"
	  "Thorsen\n",
	  2545, FLAGS(0), "", 968184153 /* 2000-09-05 16:02:33 -0400 */, -240, true },
	{ "username",
	  "Return-Path: <cris@example.com>\n"
	  "X-Original-To: demo@crisewing.com\n"
	  "Delivered-To: demo@crisewing.com\n"
	  "Received: from mail.example.com by mail.webfaction.com; Sat, 5 Jan 2013 21:18:19 -0800\n"
	  "From: Cris Ewing <cris@example.com>\n"
	  "Subject: a message to read\n"
	  "Date: Sat, 5 Jan 2013 21:18:15 -0800\n"
	  "Message-Id: <20130105211815.1@mail.example.com>\n"
	  "To: demo@crisewing.com\n"
	  "Mime-Version: 1.0\n"
	  "X-Mailer: example\n"
	  "\n"
	  "If you are reading this email, you have found it by IMAP.\n",
	  0, FLAGS(MAIL_SEEN), "", 1357449499 /* 2013-01-05 21:18:19 -0800 */, -480, false },
	{ "username",
	  "Return-Path: <postmaster@example.com>\n"
	  "From: Postmaster <postmaster@example.com>\n"
	  "To: demo@crisewing.com\n"
	  "Date: Sun, 6 Jan 2013 09:00:00 +0000\n"
	  "Subject: Welcome\n"
	  "Message-Id: <welcome.20130106@example.com>\n"
	  "Mime-Version: 1.0\n"
	  "Content-Type: text/plain; charset=us-ascii\n"
	  "\n"
	  "This one has not been read yet: SELECT says so by UNSEEN.\n",
	  0, FLAGS(0), "", 1357462802 /* 2013-01-06 09:00:02 +0000 */, 0, false },
	{ "example",
	  "X-Gmail-Received: 082542631f11cb66e9a683677feeae23b2d425f4\n"
	  "Message-ID: <dd0a2bd40410070106689e1d19@mail.gmail.com>\n"
	  "Date: Thu, 7 Oct 2004 01:06:18 -0700\n"
	  "From: Gmail Team <gmail-noreply@google.com>\n"
	  "To: Stefano Rivera <example@gmail.com>\n"
	  "Subject: Gmail is different. Here's what you need to know.\n"
	  "Mime-Version: 1.0\n"
	  "Content-Type: multipart/alternative;\n"
	  " boundary=\"----=_Part_141_22594222.1097136378333\"\n"
	  "Received: by 10.54.8.63; Thu, 7 Oct 2004 01:06:18 -0700 (PDT)\n"
	  "\n"
	  "------=_Part_141_22594222.1097136378333\n"
	  "Content-Type: text/plain; charset=ISO-8859-1\n"
	  "Content-Transfer-Encoding: 7bit\n"
	  "Content-Disposition: inline\n"
	  "\n"
	  "First off, welcome. And thanks for agreeing to help us test Gmail.\n"
	  "\n"
	  "What follows is not what that message said: the document leaves its body\n"
	  "out. It has the size that the document prints, no more.\n"
	  "\f\n"
	  "------=_Part_141_22594222.1097136378333\n"
	  "Content-Type: text/html; charset=ISO-8859-1\n"
	  "Content-Transfer-Encoding: 7bit\n"
	  "Content-Disposition: inline\n"
	  "\n"
	  "<p>First off, welcome. And thanks for agreeing to help us test\n"
	  "<b>Gmail</b>.</p>\n"
	  "------=_Part_141_22594222.1097136378333--\n",
	  4435, FLAGS(0), "", 1097136378 /* 2004-10-07 01:06:18 -0700 */, -420, true },
	{ "example",
	  "Message-ID: <clug.2@foo.bar>\n"
	  "Date: Fri, 12 Aug 2005 10:12:00 +0200\n"
	  "From: Stefano <stefano@foo.bar>\n"
	  "To: example@gmail.com\n"
	  "Subject: Minutes of the last meeting\n"
	  "\n"
	  "Hello there\n"
	  "\f\n"
	  "SR\n",
	  1891, FLAGS(0), "", 1123834323 /* 2005-08-12 10:12:03 +0200 */, 120, true },
	{ "example",
	  "Message-ID: <clug.3@foo.bar>\n"
	  "Date: Mon, 15 Aug 2005 18:40:00 +0200\n"
	  "From: Stefano <stefano@foo.bar>\n"
	  "To: example@gmail.com\n"
	  "Subject: Talk on text-based protocols\n"
	  "\n"
	  "Hello there\n"
	  "\f\n"
	  "SR\n",
	  1816, FLAGS(0), "", 1124124005 /* 2005-08-15 18:40:05 +0200 */, 120, true },
	{ "example",
	  "Message-ID: <clug.4@foo.bar>\n"
	  "Date: Wed, 17 Aug 2005 12:00:00 +0200\n"
	  "From: Stefano <stefano@foo.bar>\n"
	  "To: example@gmail.com\n"
	  "Subject: Re: Talk on text-based protocols\n"
	  "\n"
	  "Hello there\n"
	  "\f\n"
	  "SR\n",
	  1648, FLAGS(0), "", 1124272820 /* 2005-08-17 12:00:20 +0200 */, 120, true },
	{ "example",
	  "Message-ID: <clug.5@foo.bar>\n"
	  "Date: Thu, 18 Aug 2005 09:05:00 +0200\n"
	  "From: Stefano <stefano@foo.bar>\n"
	  "To: example@gmail.com\n"
	  "Subject: The projector\n"
	  "\n"
	  "Hello there\n"
	  "\f\n"
	  "SR\n",
	  968, FLAGS(0), "", 1124348702 /* 2005-08-18 09:05:02 +0200 */, 120, true },
	{ "example",
	  "Message-ID: <clug.6@foo.bar>\n"
	  "Date: Thu, 18 Aug 2005 09:07:00 +0200\n"
	  "From: Stefano <stefano@foo.bar>\n"
	  "To: example@gmail.com\n"
	  "Subject: Re: The projector\n"
	  "\n"
	  "Hello there\n"
	  "\f\n"
	  "SR\n",
	  469, FLAGS(0), "", 1124348821 /* 2005-08-18 09:07:01 +0200 */, 120, true },
	{ "example",
	  "Message-ID: <clug.7@foo.bar>\n"
	  "Date: Tue, 6 Sep 2005 20:30:00 +0200\n"
	  "From: Stefano <stefano@foo.bar>\n"
	  "To: example@gmail.com\n"
	  "Subject: What telnet is still good for\n"
	  "\n"
	  "Hello there\n"
	  "\f\n"
	  "SR\n",
	  1732, FLAGS(0), "", 1126031411 /* 2005-09-06 20:30:11 +0200 */, 120, true },
	{ "example",
	  "Message-ID: <clug.8@foo.bar>\n"
	  "Date: Wed, 7 Sep 2005 07:55:00 +0200\n"
	  "From: Stefano <stefano@foo.bar>\n"
	  "To: example@gmail.com\n"
	  "Subject: Re: What telnet is still good for\n"
	  "\n"
	  "Hello there\n"
	  "\f\n"
	  "SR\n",
	  1746, FLAGS(0), "", 1126072509 /* 2005-09-07 07:55:09 +0200 */, 120, true },
	{ "example",
	  "Message-ID: <clug.9@foo.bar>\n"
	  "Date: Sat, 1 Oct 2005 16:00:00 +0200\n"
	  "From: Stefano <stefano@foo.bar>\n"
	  "To: example@gmail.com\n"
	  "Subject: Saturday\n"
	  "\n"
	  "Hello there\n"
	  "\f\n"
	  "SR\n",
	  852, FLAGS(0), "", 1128175207 /* 2005-10-01 16:00:07 +0200 */, 120, true },
	{ "example",
	  "Message-ID: <clug.10@foo.bar>\n"
	  "Date: Wed, 21 Dec 2005 21:49:00 +0000\n"
	  "From: Stefano <stefano@foo.bar>\n"
	  "To: example@gmail.com\n"
	  "Subject: Happy holidays\n"
	  "\n"
	  "Hello there\n"
	  "\f\n"
	  "SR\n",
	  729, FLAGS(0), "", 1135201777 /* 2005-12-21 21:49:37 +0000 */, 0, true },
	{ "welcome",
	  "From: The lab <postmaster@localhost>\n"
	  "To: everybody@localhost\n"
	  "Date: Mon, 2 Sep 2024 08:00:00 +0000\n"
	  "Subject: Welcome to the lab\n"
	  "Message-ID: <welcome@localhost>\n"
	  "MIME-Version: 1.0\n"
	  "Content-Type: text/plain; charset=us-ascii\n"
	  "\n"
	  "This is a practice mailbox. Nothing in it is precious: delete, move and mark\n"
	  "what you like. When the lab starts anew, all is as it was (with --keep: as you left it).\n"
	  "\n"
	  "Send a message to yourself by SMTP, and then look for it here by POP3 or IMAP.\n",
	  0, FLAGS(0), "", 1725264000 /* 2024-09-02 08:00:00 +0000 */, 0, false },
	{ "samples welcome",
	  "Return-Path: <teacher@example.com>\n"
	  "From: The teacher <teacher@example.com>\n"
	  "Sender: secretary@example.com\n"
	  "To: Alice <alice@example.com>, \"Bob, of the dots\" <bob@example.com>\n"
	  "Cc: students@example.com\n"
	  "Date: Tue, 3 Sep 2024 09:30:00 +0200\n"
	  "Subject: A plain message\n"
	  "Message-ID: <plain@example.com>\n"
	  "\n"
	  "This is the simplest message: a header, an empty line, a body. It says\n"
	  "nothing of its type, and so it is text/plain in US-ASCII (RFC 2045 5.2).\n"
	  "\n"
	  ".A line may begin with a dot. On the wire it is doubled,\n"
	  "..and so is this one's first,\n"
	  ".\n"
	  "and a lone dot in the text is two there.\n",
	  0, FLAGS(0), "", 1725348602 /* 2024-09-03 09:30:02 +0200 */, 120, false },
	{ "samples welcome",
	  "From: Alice <alice@example.com>\n"
	  "To: Bob <bob@example.com>\n"
	  "Date: Wed, 4 Sep 2024 17:05:00 +0200\n"
	  "Subject: Text in two forms, and a picture\n"
	  "Message-ID: <multipart@example.com>\n"
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=\"outer-boundary\"\n"
	  "\n"
	  "This is a multipart message; a reader that knows no MIME shows this line.\n"
	  "\n"
	  "--outer-boundary\n"
	  "Content-Type: multipart/alternative; boundary=inner-boundary\n"
	  "\n"
	  "--inner-boundary\n"
	  "Content-Type: text/plain; charset=us-ascii\n"
	  "Content-Transfer-Encoding: 7bit\n"
	  "\n"
	  "The same text stands here twice. The picture is in base64.\n"
	  "--inner-boundary\n"
	  "Content-Type: text/html; charset=us-ascii\n"
	  "Content-Transfer-Encoding: quoted-printable\n"
	  "\n"
	  "<p>The same text stands here <em>twice</em>. The picture is in <code>base64=\n"
	  "</code>.</p>\n"
	  "--inner-boundary--\n"
	  "\n"
	  "--outer-boundary\n"
	  "Content-Type: image/png; name=\"bubble.png\"\n"
	  "Content-Transfer-Encoding: base64\n"
	  "Content-Disposition: attachment; filename=\"bubble.png\"; size=121\n"
	  "Content-Description: A speech bubble\n"
	  "Content-ID: <bubble@example.com>\n"
	  "\n"
	  "iVBORw0KGgoAAAANSUhEUgAAABgAAAAYCAYAAADgdz34AAAAQElEQVR42mNgGAWkAPn4Ff+pgWlq\n"
	  "OE5LRi0YnBbAALH8wWfBaCQPMwtoXtgRYxlNi26a1g00rXxoWruN1vEgAAAw7YZCG14DbQAAAABJ\n"
	  "RU5ErkJggg==\n"
	  "--outer-boundary--\n",
	  0, FLAGS(MAIL_SEEN), "$HasAttachment", 1725462303 /* 2024-09-04 17:05:03 +0200 */, 120, false },
	{ "samples welcome",
	  "From: =?ISO-8859-1?Q?J=FCrgen_M=FCller?= <jones@foo.com>\n"
	  "To: =?UTF-8?B?QWxpY2Ug8J+RiQ==?= <alice@example.com>\n"
	  "Date: Thu, 5 Sep 2024 08:15:00 +0200\n"
	  "Subject: =?UTF-8?Q?Caf=C3=A9_und_Kuchen=2C_?=\n"
	  " =?UTF-8?B?4oCedW0gZHJlaeKAnA==?=\n"
	  "Message-ID: <words@foo.com>\n"
	  "MIME-Version: 1.0\n"
	  "Content-Type: text/plain; charset=ISO-8859-1\n"
	  "Content-Transfer-Encoding: quoted-printable\n"
	  "\n"
	  "In a header, what is not ASCII stands in encoded words (RFC 2047). In this\n"
	  "body it is quoted-printable: Gr=FC=DFe, caf=E9, na=EFve. A line that ends in=\n"
	  " an equals sign goes on in the next.\n",
	  0, FLAGS(MAIL_SEEN | MAIL_ANSWERED), "", 1725516904 /* 2024-09-05 08:15:04 +0200 */, 120, false },
	{ "samples",
	  "From: =?UTF-8?Q?Ren=C3=A9e?= <stefano@foo.bar>\n"
	  "To: undisclosed-recipients:;\n"
	  "Date: Fri, 6 Sep 2024 21:00:00 +0900\n"
	  "Subject: =?UTF-8?Q?Eight_bits=3A_=E6=9D=B1=E4=BA=AC?=\n"
	  "Message-ID: <eight@foo.bar>\n"
	  "MIME-Version: 1.0\n"
	  "Content-Type: text/plain; charset=UTF-8; format=flowed\n"
	  "Content-Transfer-Encoding: 8bit\n"
	  "\n"
	  "This text is UTF-8 as it is, which a server must offer 8BITMIME for:\n"
	  "Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich.\n"
	  "Съешь же ещё этих мягких французских булок. 東京都、いろはにほへと。 😀\n",
	  0, FLAGS(0), "", 1725624005 /* 2024-09-06 21:00:05 +0900 */, 540, false },
	{ "samples",
	  "From: Bob <bob@example.com>\n"
	  "To: The teacher <teacher@example.com>\n"
	  "Date: Mon, 9 Sep 2024 10:00:00 +0200\n"
	  "Subject: Fwd: lunch\n"
	  "Message-ID: <forward@example.com>\n"
	  "In-Reply-To: <lunch@foo.com>\n"
	  "References: <lunch@foo.com>\n"
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=forward\n"
	  "\n"
	  "--forward\n"
	  "Content-Type: text/plain; charset=us-ascii\n"
	  "\n"
	  "See below: a message may hold a whole message.\n"
	  "\n"
	  "--forward\n"
	  "Content-Type: message/rfc822\n"
	  "Content-Disposition: inline\n"
	  "Content-Description: forwarded message\n"
	  "\n"
	  "From: Jones <Jones@foo.com>\n"
	  "To: bob@example.com\n"
	  "Date: Mon, 9 Sep 2024 09:30:00 +0200\n"
	  "Subject: lunch\n"
	  "Message-ID: <lunch@foo.com>\n"
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/alternative; boundary=lunch\n"
	  "\n"
	  "--lunch\n"
	  "Content-Type: text/plain; charset=us-ascii\n"
	  "\n"
	  "At noon?\n"
	  "--lunch\n"
	  "Content-Type: text/html; charset=us-ascii\n"
	  "\n"
	  "<p>At noon?</p>\n"
	  "--lunch--\n"
	  "\n"
	  "--forward--\n",
	  0, FLAGS(MAIL_SEEN), "$Forwarded", 1725868802 /* 2024-09-09 10:00:02 +0200 */, 120, false },
	{ "samples",
	  "From: Tim <tim@example.com>\n"
	  "To: students@example.com\n"
	  "Date: Tue, 10 Sep 2024 14:00:00 -0700\n"
	  "Subject: A file with a long name\n"
	  "Message-ID: <long.name@example.com>\n"
	  "MIME-Version: 1.0\n"
	  "Content-Type: application/octet-stream;\n"
	  " name*0*=UTF-8''Gr%C3%B6%C3%9Fe%20der;\n"
	  " name*1*=%20Dinge%20;\n"
	  " name*2=2024.bin\n"
	  "Content-Transfer-Encoding: base64\n"
	  "Content-Disposition: attachment;\n"
	  " filename*=UTF-8''Gr%C3%B6%C3%9Fe%20der%20Dinge%202024.bin\n"
	  "\n"
	  "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4\n"
	  "OTo7PD0+Pw==\n",
	  0, FLAGS(0), "", 1726002009 /* 2024-09-10 14:00:09 -0700 */, -420, false },
	{ "expunge",
	  "From: teacher@example.com\n"
	  "To: students@example.com\n"
	  "Date: Thu, 1 Feb 2024 12:00:00 +0000\n"
	  "Subject: Number 1 of 12\n"
	  "Message-ID: <expunge.1@example.com>\n"
	  "\n"
	  "This message stays.\n",
	  0, FLAGS(MAIL_SEEN), "", 1706788801 /* 2024-02-01 12:00:01 +0000 */, 0, false },
	{ "expunge",
	  "From: teacher@example.com\n"
	  "To: students@example.com\n"
	  "Date: Fri, 2 Feb 2024 12:00:00 +0000\n"
	  "Subject: Number 2 of 12\n"
	  "Message-ID: <expunge.2@example.com>\n"
	  "\n"
	  "This message stays.\n",
	  0, FLAGS(MAIL_SEEN), "", 1706875201 /* 2024-02-02 12:00:01 +0000 */, 0, false },
	{ "expunge",
	  "From: teacher@example.com\n"
	  "To: students@example.com\n"
	  "Date: Sat, 3 Feb 2024 12:00:00 +0000\n"
	  "Subject: Number 3 of 12\n"
	  "Message-ID: <expunge.3@example.com>\n"
	  "\n"
	  "This message is marked \\Deleted: EXPUNGE takes it away.\n",
	  0, FLAGS(MAIL_DELETED | MAIL_SEEN), "", 1706961601 /* 2024-02-03 12:00:01 +0000 */, 0, false },
	{ "expunge",
	  "From: teacher@example.com\n"
	  "To: students@example.com\n"
	  "Date: Sun, 4 Feb 2024 12:00:00 +0000\n"
	  "Subject: Number 4 of 12\n"
	  "Message-ID: <expunge.4@example.com>\n"
	  "\n"
	  "This message is marked \\Deleted: EXPUNGE takes it away.\n",
	  0, FLAGS(MAIL_DELETED | MAIL_SEEN), "", 1707048001 /* 2024-02-04 12:00:01 +0000 */, 0, false },
	{ "expunge",
	  "From: teacher@example.com\n"
	  "To: students@example.com\n"
	  "Date: Mon, 5 Feb 2024 12:00:00 +0000\n"
	  "Subject: Number 5 of 12\n"
	  "Message-ID: <expunge.5@example.com>\n"
	  "\n"
	  "This message stays.\n",
	  0, FLAGS(MAIL_SEEN), "", 1707134401 /* 2024-02-05 12:00:01 +0000 */, 0, false },
	{ "expunge",
	  "From: teacher@example.com\n"
	  "To: students@example.com\n"
	  "Date: Tue, 6 Feb 2024 12:00:00 +0000\n"
	  "Subject: Number 6 of 12\n"
	  "Message-ID: <expunge.6@example.com>\n"
	  "\n"
	  "This message stays.\n",
	  0, FLAGS(MAIL_SEEN), "", 1707220801 /* 2024-02-06 12:00:01 +0000 */, 0, false },
	{ "expunge",
	  "From: teacher@example.com\n"
	  "To: students@example.com\n"
	  "Date: Wed, 7 Feb 2024 12:00:00 +0000\n"
	  "Subject: Number 7 of 12\n"
	  "Message-ID: <expunge.7@example.com>\n"
	  "\n"
	  "This message is marked \\Deleted: EXPUNGE takes it away.\n",
	  0, FLAGS(MAIL_DELETED | MAIL_SEEN), "", 1707307201 /* 2024-02-07 12:00:01 +0000 */, 0, false },
	{ "expunge",
	  "From: teacher@example.com\n"
	  "To: students@example.com\n"
	  "Date: Thu, 8 Feb 2024 12:00:00 +0000\n"
	  "Subject: Number 8 of 12\n"
	  "Message-ID: <expunge.8@example.com>\n"
	  "\n"
	  "This message stays.\n",
	  0, FLAGS(MAIL_SEEN), "", 1707393601 /* 2024-02-08 12:00:01 +0000 */, 0, false },
	{ "expunge",
	  "From: teacher@example.com\n"
	  "To: students@example.com\n"
	  "Date: Fri, 9 Feb 2024 12:00:00 +0000\n"
	  "Subject: Number 9 of 12\n"
	  "Message-ID: <expunge.9@example.com>\n"
	  "\n"
	  "This message stays.\n",
	  0, FLAGS(MAIL_SEEN), "", 1707480001 /* 2024-02-09 12:00:01 +0000 */, 0, false },
	{ "expunge",
	  "From: teacher@example.com\n"
	  "To: students@example.com\n"
	  "Date: Sat, 10 Feb 2024 12:00:00 +0000\n"
	  "Subject: Number 10 of 12\n"
	  "Message-ID: <expunge.10@example.com>\n"
	  "\n"
	  "This message stays.\n",
	  0, FLAGS(MAIL_SEEN), "", 1707566401 /* 2024-02-10 12:00:01 +0000 */, 0, false },
	{ "expunge",
	  "From: teacher@example.com\n"
	  "To: students@example.com\n"
	  "Date: Sun, 11 Feb 2024 12:00:00 +0000\n"
	  "Subject: Number 11 of 12\n"
	  "Message-ID: <expunge.11@example.com>\n"
	  "\n"
	  "This message is marked \\Deleted: EXPUNGE takes it away.\n",
	  0, FLAGS(MAIL_DELETED | MAIL_SEEN), "", 1707652801 /* 2024-02-11 12:00:01 +0000 */, 0, false },
	{ "expunge",
	  "From: teacher@example.com\n"
	  "To: students@example.com\n"
	  "Date: Mon, 12 Feb 2024 12:00:00 +0000\n"
	  "Subject: Number 12 of 12\n"
	  "Message-ID: <expunge.12@example.com>\n"
	  "\n"
	  "This message stays.\n",
	  0, FLAGS(0), "", 1707739201 /* 2024-02-12 12:00:01 +0000 */, 0, false },
	{ "sent",
	  "From: me@localhost\n"
	  "To: alice@example.com\n"
	  "Date: Thu, 12 Sep 2024 11:00:00 +0000\n"
	  "Subject: Sent by me\n"
	  "Message-ID: <sent.by.me@example.com>\n"
	  "\n"
	  "A copy of what was sent: the client puts it here by APPEND.\n",
	  0, FLAGS(MAIL_SEEN), "", 1726138800 /* 2024-09-12 11:00:00 +0000 */, 0, false },
	{ "drafts",
	  "From: me@localhost\n"
	  "To: bob@example.com\n"
	  "Date: Fri, 13 Sep 2024 11:00:00 +0000\n"
	  "Subject: Not finished\n"
	  "Message-ID: <not.finished@example.com>\n"
	  "\n"
	  "I wanted to write\n",
	  0, FLAGS(MAIL_SEEN | MAIL_DRAFT), "", 1726225200 /* 2024-09-13 11:00:00 +0000 */, 0, false },
	{ "trash",
	  "From: alice@example.com\n"
	  "To: me@localhost\n"
	  "Date: Sat, 14 Sep 2024 11:00:00 +0000\n"
	  "Subject: Thrown away\n"
	  "Message-ID: <thrown.away@example.com>\n"
	  "\n"
	  "Moved here, and not deleted yet.\n",
	  0, FLAGS(MAIL_SEEN), "", 1726311600 /* 2024-09-14 11:00:00 +0000 */, 0, false },
	{ "junk",
	  "From: winner@lottery.example\n"
	  "To: you@localhost\n"
	  "Date: Sun, 15 Sep 2024 11:00:00 +0000\n"
	  "Subject: You have won!\n"
	  "Message-ID: <you.have.won@example.com>\n"
	  "\n"
	  "One million. Send your password.\n",
	  0, FLAGS(0), "$Junk", 1726398000 /* 2024-09-15 11:00:00 +0000 */, 0, false },
	{ "archive",
	  "From: teacher@example.com\n"
	  "To: students@example.com\n"
	  "Date: Mon, 6 Nov 2023 09:00:00 +0100\n"
	  "Subject: Last year: SMTP\n"
	  "Message-ID: <last.year.smtp@example.com>\n"
	  "\n"
	  "Last year's first lecture was on SMTP.\n",
	  0, FLAGS(MAIL_SEEN), "", 1699257601 /* 2023-11-06 09:00:01 +0100 */, 60, false },
	{ "archive",
	  "From: teacher@example.com\n"
	  "To: students@example.com\n"
	  "Date: Mon, 13 Nov 2023 09:00:00 +0100\n"
	  "Subject: Last year: POP3\n"
	  "Message-ID: <last.year.pop3@example.com>\n"
	  "\n"
	  "The second was on POP3.\n",
	  0, FLAGS(MAIL_SEEN), "", 1699862401 /* 2023-11-13 09:00:01 +0100 */, 60, false },
	{ "archive",
	  "From: teacher@example.com\n"
	  "To: students@example.com\n"
	  "Date: Mon, 20 Nov 2023 09:00:00 +0100\n"
	  "Subject: Last year: IMAP\n"
	  "Message-ID: <last.year.imap@example.com>\n"
	  "\n"
	  "The third was on IMAP.\n",
	  0, FLAGS(MAIL_SEEN | MAIL_FLAGGED), "", 1700467201 /* 2023-11-20 09:00:01 +0100 */, 60, false },
	{ "work",
	  "From: brown@foo.com\n"
	  "To: team@example.com\n"
	  "Date: Tue, 16 Jan 2024 13:00:00 -0500\n"
	  "Subject: Plan for the year\n"
	  "Message-ID: <plan.for.the.year@example.com>\n"
	  "\n"
	  "1. Mail\n"
	  "2. The web\n"
	  "3. Files\n",
	  0, FLAGS(MAIL_SEEN), "", 1705428004 /* 2024-01-16 13:00:04 -0500 */, -300, false },
	{ "work",
	  "From: jones@foo.com\n"
	  "To: brown@foo.com\n"
	  "Date: Tue, 16 Jan 2024 14:20:00 -0500\n"
	  "Subject: Re: Plan for the year\n"
	  "Message-ID: <re.plan.for.the.year@example.com>\n"
	  "\n"
	  "And lunch.\n",
	  0, FLAGS(MAIL_SEEN | MAIL_ANSWERED), "$MDNSent", 1705432802 /* 2024-01-16 14:20:02 -0500 */, -300, false },
	{ "work",
	  "From: brown@foo.com\n"
	  "To: jones@foo.com\n"
	  "Date: Wed, 17 Jan 2024 09:00:00 -0500\n"
	  "Subject: Re: Re: Plan for the year\n"
	  "Message-ID: <re.re.plan.for.the.year@example.com>\n"
	  "\n"
	  "4. Lunch\n",
	  0, FLAGS(0), "", 1705500003 /* 2024-01-17 09:00:03 -0500 */, -300, false },
	{ "office",
	  "From: joe@example.com\n"
	  "To: fred@example.com\n"
	  "Date: Mon, 7 Feb 1994 21:52:25 -0800\n"
	  "Subject: afternoon meeting\n"
	  "Message-ID: <afternoon.meeting@example.com>\n"
	  "\n"
	  "Hello Joe, do you think we can meet at 3:30 tomorrow?\n",
	  0, FLAGS(MAIL_SEEN), "", 760686745 /* 1994-02-07 21:52:25 -0800 */, -480, false },
	{ "quota",
	  "From: postmaster@localhost\n"
	  "To: you@localhost\n"
	  "Date: Mon, 1 Jan 2024 00:00:00 +0000\n"
	  "Subject: This mailbox may hold 2,048 octets\n"
	  "Message-ID: <quota@localhost>\n"
	  "\n"
	  "This message has 2,000 of them. Another will hardly fit.\n"
	  "\f",
	  2000, FLAGS(MAIL_SEEN), "", 1704067200 /* 2024-01-01 00:00:00 +0000 */, 0, false },
	{ "full",
	  "From: postmaster@localhost\n"
	  "To: full@localhost\n"
	  "Date: Mon, 1 Jan 2024 00:00:00 +0000\n"
	  "Subject: This mailbox is full\n"
	  "Message-ID: <full@localhost>\n"
	  "\n"
	  "It may hold 2,000 octets, and this message has them all.\n"
	  "\f",
	  2000, FLAGS(MAIL_SEEN), "", 1704067200 /* 2024-01-01 00:00:00 +0000 */, 0, false },
};
