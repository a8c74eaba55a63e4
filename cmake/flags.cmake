# Options of all our code, carried by the interface library oro_options. ORO_PRESET decides them, not
# CMAKE_BUILD_TYPE, so that a preset has exactly the flags that stand here.
set(ORO_PRESET dev CACHE STRING "release, dev, asan or tsan")
set_property(CACHE ORO_PRESET PROPERTY STRINGS release dev asan tsan)
if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  message(WARNING "Orochi is built and tested with clang 19; this is ${CMAKE_CXX_COMPILER_ID}")
endif()

add_library(oro_options INTERFACE)
target_compile_options(oro_options INTERFACE
  -std=c++23 -fno-exceptions -fno-rtti -fno-strict-aliasing -fno-plt -fno-semantic-interposition -fPIE
  -fvisibility=hidden -fvisibility-inlines-hidden -ffunction-sections -fdata-sections
  -Wall -Wextra -fcolor-diagnostics)
target_compile_definitions(oro_options INTERFACE _GNU_SOURCE)
target_include_directories(oro_options INTERFACE ${CMAKE_SOURCE_DIR}/src ${ORO_GENERATED})
target_link_options(oro_options INTERFACE -pie -fuse-ld=lld-19 -Wl,--gc-sections)
# Start-up: the dynamic linker has less to load and to relocate.
target_link_options(oro_options INTERFACE -Wl,--as-needed -Wl,-z,pack-relative-relocs)

set(ORO_SANITIZER "")
if(ORO_PRESET STREQUAL "release")
  target_compile_options(oro_options INTERFACE -O2 -flto=thin)
  target_compile_definitions(oro_options INTERFACE NDEBUG)
  target_link_options(oro_options INTERFACE -O2 -flto=thin -Wl,--thinlto-cache-dir=${CMAKE_BINARY_DIR}/lto)
elseif(ORO_PRESET STREQUAL "dev")
  target_compile_options(oro_options INTERFACE -O1 -g1)
  target_compile_definitions(oro_options INTERFACE ORO_DEBUG=1)
elseif(ORO_PRESET MATCHES "^(asan|tsan)$")
  set(ORO_SANITIZER -fsanitize=thread)
  if(ORO_PRESET STREQUAL "asan")
    # No undefined-behaviour report is let pass: the process ends at the first.
    set(ORO_SANITIZER -fsanitize=address,undefined -fno-sanitize-recover=all)
  endif()
  target_compile_options(oro_options INTERFACE -O1 -g1 -fno-omit-frame-pointer ${ORO_SANITIZER})
  # The sanitizers bring their own malloc, which mimalloc would hide from them.
  target_compile_definitions(oro_options INTERFACE ORO_DEBUG=1 ORO_SYSTEM_MALLOC=1)
  target_link_options(oro_options INTERFACE ${ORO_SANITIZER})
else()
  message(FATAL_ERROR "ORO_PRESET is '${ORO_PRESET}'; it must be release, dev, asan or tsan")
endif()
if(NOT ORO_SANITIZER)
  target_link_options(oro_options INTERFACE -static-libstdc++ -static-libgcc)
endif()
