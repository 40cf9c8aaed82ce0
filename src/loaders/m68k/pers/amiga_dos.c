// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The Amiga's dos.library: its table, and the calls that are too small for a file of their own. A
 * row's number is the distance of its stub from the library's base.
 */
#include <time.h>
#include <unistd.h>

#include "amiga.h"
#include "util.h"

static uint32_t nothing(struct machine *m, const uint32_t *a)
{
	return 0;
}

static uint32_t yes(struct machine *m, const uint32_t *a)
{
	return AMI_TRUE;
}

static uint32_t IoErr(struct machine *m, const uint32_t *a)
{
	return ami_error(m);
}

static uint32_t SetIoErr(struct machine *m, const uint32_t *a)
{
	uint32_t old = ami_error(m);

	ami_set_error(m, a[0]);
	return old;
}

static uint32_t DateStamp(struct machine *m, const uint32_t *a)
{
	uint8_t *p = machine_ptr(m, a[0], 12);
	struct timespec t;
	struct tm tm;
	time_t local;

	clock_gettime(CLOCK_REALTIME, &t);
	localtime_r(&t.tv_sec, &tm);
	local = t.tv_sec + tm.tm_gmtoff;
	if (p) {
		put32(p, (uint32_t)(local / 86400 - 2922));
		put32(p + 4, (uint32_t)(local % 86400 / 60));
		put32(p + 8, (uint32_t)(local % 60 * 50 + t.tv_nsec / 20000000));
	}
	return a[0];
}

static uint32_t Delay(struct machine *m, const uint32_t *a)
{
	con_flush();
	if ((int32_t)a[0] > 0)
		usleep(a[0] < 100000 ? a[0] * 20000 : 2000000000U);
	return 0;
}

static uint32_t Cli(struct machine *m, const uint32_t *a)
{
	return AMI_CLI;
}

static uint32_t GetArgStr(struct machine *m, const uint32_t *a)
{
	return get32(m->core.mem + AMI_PROCESS + 204);
}

static uint32_t GetProgramName(struct machine *m, const uint32_t *a)
{
	const char *slash = strrchr(m->path, '/');

	return machine_put_string(m, a[0], slash ? slash + 1 : m->path, a[1]) ? AMI_TRUE : 0;
}

static uint32_t GetVar(struct machine *m, const uint32_t *a)
{
	const char *name = machine_string(m, a[0]), *value = name ? getenv(name) : NULL;

	if (!value) {
		ami_set_error(m, AMI_NOT_FOUND);
		return AMI_TRUE;
	}
	machine_put_string(m, a[1], value, a[2]);
	return (uint32_t)strlen(value);
}

static uint32_t AllocDosObject(struct machine *m, const uint32_t *a)
{
	return ami_alloc(m, 260); /* the largest: a FileInfoBlock */
}

static uint32_t FreeDosObject(struct machine *m, const uint32_t *a)
{
	ami_free(m, a[1]);
	return 0;
}

static const struct pers_call dos_calls[] = {
	{ 30, "Open", "sl", ami_Open, "12" },
	{ 36, "Close", "x", ami_Close, "1" },
	{ 42, "Read", "xxl", ami_Read, "123" },
	{ 48, "Write", "xxl", ami_Write, "123" },
	{ 54, "Input", "", ami_Input, "" },
	{ 60, "Output", "", ami_Output, "" },
	{ 66, "Seek", "xll", ami_Seek, "123" },
	{ 72, "DeleteFile", "s", ami_DeleteFile, "1" },
	{ 78, "Rename", "ss", ami_Rename, "12" },
	{ 84, "Lock", "sl", ami_Lock, "12" },
	{ 90, "UnLock", "x", ami_UnLock, "1" },
	{ 96, "DupLock", "x", ami_DupLock, "1" },
	{ 102, "Examine", "xx", ami_Examine, "12" },
	{ 108, "ExNext", "xx", ami_ExNext, "12" },
	{ 114, "Info", "xx", ami_Info, "12" },
	{ 120, "CreateDir", "s", ami_CreateDir, "1" },
	{ 126, "CurrentDir", "x", ami_CurrentDir, "1" },
	{ 132, "IoErr", "", IoErr, "" },
	{ 144, "Exit", "l", ami_Exit, "1" },
	{ 150, "LoadSeg", "s", ami_LoadSeg, "1" },
	{ 156, "UnLoadSeg", "x", ami_UnLoadSeg, "1" },
	{ 180, "SetComment", "ss", ami_SetComment, "12" },
	{ 186, "SetProtection", "sx", ami_SetProtection, "12" },
	{ 192, "DateStamp", "x", DateStamp, "1" },
	{ 198, "Delay", "l", Delay, "1" },
	{ 204, "WaitForChar", "xl", ami_WaitForChar, "12" },
	{ 210, "ParentDir", "x", ami_ParentDir, "1" },
	{ 216, "IsInteractive", "x", ami_IsInteractive, "1" },
	{ 222, "Execute", "sxx", ami_Execute, "123" },
	{ 228, "AllocDosObject", "lx", AllocDosObject, "12" },
	{ 234, "FreeDosObject", "lx", FreeDosObject, "12" },
	{ 294, "SelectInput", "x", ami_SelectInput, "1" },
	{ 300, "SelectOutput", "x", ami_SelectOutput, "1" },
	{ 306, "FGetC", "x", ami_FGetC, "1" },
	{ 312, "FPutC", "xl", ami_FPutC, "12" },
	{ 318, "UnGetC", "xl", ami_UnGetC, "12" },
	{ 324, "FRead", "xxll", ami_FRead, "1234" },
	{ 330, "FWrite", "xxll", ami_FWrite, "1234" },
	{ 336, "FGets", "xxl", ami_FGets, "123" },
	{ 342, "FPuts", "xs", ami_FPuts, "12" },
	{ 354, "VFPrintf", "xsx", ami_VFPrintf, "123" },
	{ 360, "Flush", "x", ami_Flush, "1" },
	{ 366, "SetVBuf", "xxll", ami_SetVBuf, "1234" },
	{ 390, "ExamineFH", "xx", ami_ExamineFH, "12" },
	{ 396, "SetFileDate", "sx", ami_SetFileDate, "12" },
	{ 402, "NameFromLock", "xxl", ami_NameFromLock, "123" },
	{ 420, "SameLock", "xx", ami_SameLock, "12" },
	{ 426, "SetMode", "xl", yes, "12" },
	{ 456, "SetFileSize", "xll", ami_SetFileSize, "123" },
	{ 462, "SetIoErr", "l", SetIoErr, "1" },
	{ 468, "Fault", "lsxl", ami_Fault, "1234" },
	{ 474, "PrintFault", "ls", ami_PrintFault, "12" },
	{ 492, "Cli", "", Cli, "" },
	{ 504, "RunCommand", "xlxl", ami_RunCommand, "1234" },
	{ 534, "GetArgStr", "", GetArgStr, "" },
	{ 564, "GetCurrentDirName", "xl", ami_GetCurrentDirName, "12" },
	{ 576, "GetProgramName", "xl", GetProgramName, "12" },
	{ 600, "GetProgramDir", "", ami_GetProgramDir, "" },
	{ 606, "SystemTagList", "sx", ami_System, "12" },
	{ 792, "CheckSignal", "x", nothing, "1" },
	{ 798, "ReadArgs", "sxx", ami_ReadArgs, "123" },
	{ 816, "StrToLong", "sx", ami_StrToLong, "12" },
	{ 858, "FreeArgs", "x", ami_FreeArgs, "1" },
	{ 870, "FilePart", "s", ami_FilePart, "1" },
	{ 876, "PathPart", "s", ami_PathPart, "1" },
	{ 882, "AddPart", "ssl", ami_AddPart, "123" },
	{ 906, "GetVar", "sxlx", GetVar, "1234" },
	{ 942, "WriteChars", "xl", ami_WriteChars, "12" },
	{ 948, "PutStr", "s", ami_PutStr, "1" },
	{ 954, "VPrintf", "sx", ami_VPrintf, "12" },
};
const struct pers_table ami_dos = {
	.name = "dos.library",
	.calls = dos_calls,
	.count = ARRAY_SIZE(dos_calls),
};
