# All tests, found by glob: a file put in its folder is a test. ctest names them PRESET:kind/name, so that
# `./x test` can run the presets side by side and close with one summary.
file(GLOB python_tests CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/python/*.py)
file(GLOB stress_tests CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/threads/*.py)
file(GLOB fault_tests CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/faults/*.py)
file(GLOB examples CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/examples/*.py)
file(GLOB lints CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tools/check_*.py)
file(GLOB tool_tests CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tools/*_test.py)
set(conform_modules ${CMAKE_SOURCE_DIR}/tests/cpython/modules.txt)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${conform_modules})
find_program(ORO_PYTHON3 NAMES python3 REQUIRED)  # the machine's own, for drivers and lints

find_program(ORO_SYMBOLIZER llvm-symbolizer-19)
# Leaks aren't reported: what the interpreter builds once (interned strings, types, shapes) lives until the process ends. A child
# of fork may start threads. Requests for absurd amounts of memory get null, as they do without a sanitizer.
set(ORO_TEST_ENVIRONMENT
  "ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1:external_symbolizer_path=${ORO_SYMBOLIZER}"
  "TSAN_OPTIONS=halt_on_error=1:die_after_fork=0:allocator_may_return_null=1:external_symbolizer_path=${ORO_SYMBOLIZER}"
  "UBSAN_OPTIONS=print_stacktrace=1:external_symbolizer_path=${ORO_SYMBOLIZER}")

# oro_test(NAME kind/name LABELS l... [TIMEOUT s] [MAY_SKIP] COMMAND ...)
# MAY_SKIP: exit status 77 says that what the test needs is not on this machine.
function(oro_test)
  cmake_parse_arguments(arg "MAY_SKIP" "NAME;TIMEOUT" "LABELS;COMMAND" ${ARGN})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)
  endif()
  if(ORO_SANITIZER)  # three to ten times slower
    math(EXPR arg_TIMEOUT "4 * ${arg_TIMEOUT}")
  endif()
  set(name ${ORO_PRESET}:${arg_NAME})
  add_test(NAME ${name} COMMAND ${arg_COMMAND} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES
    LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT} ENVIRONMENT "${ORO_TEST_ENVIRONMENT}")
  if(arg_MAY_SKIP)
    set_tests_properties(${name} PROPERTIES SKIP_RETURN_CODE 77)
  endif()
endfunction()

# Unit tests: every *_test.cpp in one program; one ctest test per source file, chosen by --file.
if(NOT ORO_PRESET STREQUAL "release" AND ORO_TEST_SOURCES)
  set(gtest_root /usr/src/googletest/googletest)
  if(NOT EXISTS ${gtest_root}/src/gtest-all.cc)
    message(FATAL_ERROR "GoogleTest is missing: apt-get install libgtest-dev")
  endif()
  add_library(gtest_objects OBJECT ${gtest_root}/src/gtest-all.cc)  # from source, so that sanitizers see it too
  target_include_directories(gtest_objects PRIVATE ${gtest_root})
  target_compile_options(gtest_objects PRIVATE -std=c++23 -fno-exceptions -fno-rtti -O1 -fPIE ${ORO_SANITIZER})
  add_executable(unit_tests ${ORO_TEST_SOURCES} tests/unit_main.cpp ${ORO_CORE_OBJECTS}
                 $<TARGET_OBJECTS:gtest_objects>)
  target_link_libraries(unit_tests PRIVATE oro_options oro_libraries)
  foreach(source IN LISTS ORO_TEST_SOURCES)
    file(RELATIVE_PATH name ${CMAKE_SOURCE_DIR}/src ${source})
    string(REGEX REPLACE "_test\\.cpp$" "" short ${name})
    oro_test(NAME unit/${short} LABELS unit TIMEOUT 120 COMMAND unit_tests --file=src/${name})
  endforeach()
endif()

# Behaviour: tests/python/NAME.py run by orochi; what it prints must be what NAME.out says, if that stands beside.
foreach(source IN LISTS python_tests)
  get_filename_component(name ${source} NAME_WE)
  oro_test(NAME python/${name} LABELS python TIMEOUT 120
           COMMAND ${ORO_PYTHON3} tools/behave.py --python $<TARGET_FILE:orochi> ${source})
endforeach()

# Stress: tests/threads/NAME.py, many threads for a while; a crash, a hang or a sanitizer's report fails.
foreach(source IN LISTS stress_tests)
  get_filename_component(name ${source} NAME_WE)
  oro_test(NAME threads/${name} LABELS stress slow COMMAND orochi ${source})
  set_tests_properties(${ORO_PRESET}:threads/${name} PROPERTIES PROCESSORS 2)
endforeach()

# Faults: tests/faults/NAME.py drives orochi from outside (full disks, failing allocations, bad input). Hundreds of processes of one
# thread each: under ThreadSanitizer they would take half an hour to say nothing.
if(ORO_PRESET STREQUAL "tsan")
  set(fault_tests)
endif()
foreach(source IN LISTS fault_tests)
  get_filename_component(name ${source} NAME_WE)
  set(labels faults)
  if(name MATCHES "^(bad_input|pycache)$")  # half a minute each
    list(APPEND labels slow)
  endif()
  oro_test(NAME faults/${name} LABELS ${labels} COMMAND ${ORO_PYTHON3} ${source} $<TARGET_FILE:orochi>)
endforeach()

# Examples: each takes --quick, and checks its own results.
foreach(source IN LISTS examples)
  get_filename_component(name ${source} NAME_WE)
  oro_test(NAME examples/${name} LABELS examples TIMEOUT 120 COMMAND orochi ${source} --quick)
endforeach()

if(ORO_PRESET STREQUAL "dev")
  foreach(source IN LISTS lints)
    get_filename_component(name ${source} NAME_WE)
    oro_test(NAME lint/${name} LABELS lint MAY_SKIP COMMAND ${ORO_PYTHON3} ${source})
  endforeach()
  foreach(source IN LISTS tool_tests)
    get_filename_component(name ${source} NAME_WE)
    oro_test(NAME tools/${name} LABELS tools COMMAND ${ORO_PYTHON3} ${source})
  endforeach()
endif()

# CPython's own tests, one ctest test per module, on what users run.
if(ORO_PRESET STREQUAL "release" AND EXISTS ${conform_modules})
  file(STRINGS ${conform_modules} modules REGEX "^test")
  foreach(module IN LISTS modules)
    string(REGEX REPLACE "[ \t#].*" "" module "${module}")
    oro_test(NAME conform/${module} LABELS conform slow TIMEOUT 900 MAY_SKIP
             COMMAND ${ORO_PYTHON3} tools/conform.py --python $<TARGET_FILE:orochi> ${module})
  endforeach()
endif()
