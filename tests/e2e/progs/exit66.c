/* SPDX-License-Identifier: GPL-2.0-or-later */
/* BUILD: -static */
/* What must not run: its status says that it did. */
int main(void)
{
	return 66;
}
