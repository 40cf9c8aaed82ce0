/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_UPPER_H
#define UCRUN_UPPER_H

#include <stdbool.h>
#include <sys/stat.h>

#include "compartment.h"

/*
 * Reading an upper layer as it lies on disk (its format is told in layers.h), without the machinery
 * that changes it: for "uc diff" and "uc export".
 */

struct upper_attr {
	mode_t mode; /* as seen inside, with the type */
	uid_t uid;
	gid_t gid;
	dev_t rdev;
};

bool upper_is_whiteout(const struct stat *st);
bool upper_is_opaque(int dirfd);
/** upper_is_ours() - an extended attribute that is of the format, not of the file */
bool upper_is_ours(const char *xattr);
/**
 * upper_attr() - what programs see
 * @fd: a descriptor of the object that fgetxattr(2) takes, or -1 (symlinks, lower layers)
 */
void upper_attr(const struct compartment *c, int fd, const struct stat *st, struct upper_attr *out);
/** upper_open() - for attributes and reading; never follows, never blocks. -errno */
int upper_open(int dirfd, const char *name, mode_t mode);
/** upper_names() - sorted names in a directory, NULL-terminated: upper_names_free(). @dirfd stays
 * open */
int upper_names(int dirfd, char ***out);
void upper_names_free(char **names);

/** One layer of a compartment: where its upper is, what it lies over, where it is seen. */
struct upper_layer {
	char *upper; /* path relative to the compartment's directory */
	char *source; /* host path; NULL when it is not known any more */
	char *target; /* view path, "" for the root */
};

/**
 * upper_layers() - the layers of a view
 * @root: host path, as given to "ucrun --root"; NULL: the host's own root
 * @out:  the root first, then those of entries, sorted; upper_layers_free()
 * Return: how many or -errno
 */
int upper_layers(const struct compartment *c, const char *root, struct upper_layer **out);
void upper_layers_free(struct upper_layer *list, int n);

#endif
