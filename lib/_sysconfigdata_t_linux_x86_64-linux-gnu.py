"""What sysconfig.get_config_vars() knows of this build of Orochi."""

build_time_vars = {
    "Py_GIL_DISABLED": 1,
    "ABIFLAGS": "t",
    "SOABI": "orochi-314t-x86_64-linux-gnu",
    "EXT_SUFFIX": ".orochi-314t-x86_64-linux-gnu.so",
    "MULTIARCH": "x86_64-linux-gnu",
    "VERSION": "3.14",
    "LDVERSION": "3.14t",
    "Py_DEBUG": 0,
    "Py_TRACE_REFS": 0,
    "WITH_DOC_STRINGS": 1,
    "HAVE_FORK": 1,
    "SIZEOF_VOID_P": 8,
    "SHLIB_SUFFIX": ".so",
    "EXE": "",
}
