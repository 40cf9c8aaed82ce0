/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_NEST_H
#define UCRUN_NEST_H

/*
 * What ucrun in a session and the supervisor around it say to each other: see nest.c.
 *
 *	open1 WORD...	make a nested session; the words are those of whoever builds views
 *	enter PATH	make the sending process its task, in the directory PATH of the nested view
 *
 * Both are answered by one word: "", or why not, to be told to a person.
 */

#define NEST_DIR	   "run" /* in the session's private directory, */
#define NEST_TARGET	   "/run/uc" /* shown here, */
#define NEST_SOCKET	   "control" /* with this in it */
#define NEST_OPEN	   "open1" /* the number changes with the words */
#define NEST_ENTER	   "enter"
#define NEST_MESSAGE_BYTES 65536
#define NEST_ANSWER_BYTES  768

/** nest_listen() - the socket in @tmp, where NEST_DIR must be. Return: a descriptor or -errno */
int nest_listen(const char *tmp);
/** nest_accept() - serve all who wait there, each by a thread of its own */
void nest_accept(int listener);

#endif
