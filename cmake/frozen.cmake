# The modules that the executable carries compiled (src/runtime/frozen_modules.txt): a small program made of the front end
# compiles them, and the result is assembled into an object file.
#
# generated/code_version.h is what a change of the compiler or its input shows by: code compiled before it, in .pyc files, is stale.
set(version_header ${ORO_GENERATED}/code_version.h)
file(GLOB_RECURSE version_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/syntax/*.cpp ${CMAKE_SOURCE_DIR}/src/syntax/*.h
     ${CMAKE_SOURCE_DIR}/src/compiler/*.cpp ${CMAKE_SOURCE_DIR}/src/compiler/*.h ${CMAKE_SOURCE_DIR}/src/bytecode/*)
list(FILTER version_sources EXCLUDE REGEX "_test\\.cpp$")
add_custom_command(OUTPUT ${version_header}
  COMMAND ${CMAKE_COMMAND} "-DFILES=${version_sources}" -DOUT=${version_header} -P ${CMAKE_SOURCE_DIR}/cmake/frozen/version.cmake
  DEPENDS ${version_sources} ${CMAKE_SOURCE_DIR}/cmake/frozen/version.cmake VERBATIM)
target_sources(oro_bytecode PRIVATE ${version_header})

set(frozen_list ${CMAKE_SOURCE_DIR}/src/runtime/frozen_modules.txt)
set(frozen_blob ${ORO_GENERATED}/frozen.bin)
set(frozen_table ${ORO_GENERATED}/frozen_table.inc)
set(frozen_assembly ${ORO_GENERATED}/frozen.S)
if(ORO_STDLIB_DIR)
  add_executable(freeze ${CMAKE_SOURCE_DIR}/tools/freeze.cpp $<TARGET_OBJECTS:oro_base> $<TARGET_OBJECTS:oro_syntax>
                 $<TARGET_OBJECTS:oro_bytecode> $<TARGET_OBJECTS:oro_compiler>)
  target_link_libraries(freeze PRIVATE oro_options oro_libraries)
  set(frozen_sources "")
  file(STRINGS ${frozen_list} frozen_lines REGEX "^[a-z_]")
  foreach(line IN LISTS frozen_lines)
    string(REGEX REPLACE "^[^ ]+ +[a-z]+ +([^ ]+).*" "\\1" file "${line}")
    if(NOT file STREQUAL "-")
      list(APPEND frozen_sources ${ORO_STDLIB_DIR}/${file})
    endif()
  endforeach()
  list(REMOVE_DUPLICATES frozen_sources)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${frozen_list})
  add_custom_command(OUTPUT ${frozen_blob} ${frozen_table}
    COMMAND ${CMAKE_COMMAND} -E env ASAN_OPTIONS=detect_leaks=0
            $<TARGET_FILE:freeze> ${frozen_list} ${ORO_STDLIB_DIR} ${frozen_blob} ${frozen_table}
    DEPENDS freeze ${frozen_list} ${frozen_sources} COMMENT "Compiling the modules that the executable carries" VERBATIM)
else()
  file(WRITE ${frozen_blob} "")  # no library, no frozen modules: the interpreter looks for their sources then
  file(WRITE ${frozen_table} "")
endif()
file(CONFIGURE OUTPUT ${frozen_assembly} @ONLY CONTENT [[
.section .rodata.oro_frozen, "a", @progbits
.balign 64
.globl oro_frozen_blob
.hidden oro_frozen_blob
oro_frozen_blob:
.incbin "@frozen_blob@"
.byte 0
.section .note.GNU-stack, "", @progbits
]])
set(frozen_object ${ORO_GENERATED}/frozen.o)
add_custom_command(OUTPUT ${frozen_object} COMMAND ${CMAKE_CXX_COMPILER} -c ${frozen_assembly} -o ${frozen_object}
                   DEPENDS ${frozen_assembly} ${frozen_blob} VERBATIM)
list(APPEND ORO_MAIN_OBJECTS ${frozen_object})
list(APPEND ORO_CORE_OBJECTS ${frozen_object})
target_sources(oro_runtime PRIVATE ${frozen_table})
