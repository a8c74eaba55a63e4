# Each fuzz/*.cpp is one libFuzzer program, built in the asan preset and run by ctest for a fixed number of inputs.
# The layers that read untrusted text know nothing of the runtime; they are built so that the fuzzer sees its way.
if(ORO_PRESET STREQUAL "asan")
  file(GLOB fuzzers CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/fuzz/*.cpp)
  if(fuzzers)
    foreach(layer base syntax bytecode compiler)
      if(TARGET oro_${layer})
        target_compile_options(oro_${layer} PRIVATE -fsanitize=fuzzer-no-link)
      endif()
    endforeach()
  endif()
  foreach(source IN LISTS fuzzers)
    get_filename_component(name ${source} NAME_WE)
    add_executable(fuzz_${name} ${source} ${ORO_CORE_OBJECTS})
    target_compile_options(fuzz_${name} PRIVATE -fsanitize=fuzzer-no-link)
    target_link_libraries(fuzz_${name} PRIVATE oro_options oro_libraries)
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
    set(corpus ${CMAKE_SOURCE_DIR}/fuzz/corpus/${name})
    if(NOT EXISTS ${corpus})
      set(corpus "")
    endif()
    # The fixed seed makes a failure come again; longer runs are started by hand.
    oro_test(NAME fuzz/${name} LABELS fuzz slow
             COMMAND fuzz_${name} -seed=1 -runs=100000 -max_total_time=60 -artifact_prefix=${CMAKE_BINARY_DIR}/${name}-
             ${corpus})
  endforeach()
endif()
