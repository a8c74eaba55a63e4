# What we link from Debian, carried by the interface library oro_libraries.
add_library(oro_libraries INTERFACE)

function(oro_library header library package)
  find_path(ORO_${library}_INCLUDE ${header})
  find_library(ORO_${library}_LIBRARY ${library})
  if(NOT ORO_${library}_INCLUDE OR NOT ORO_${library}_LIBRARY)
    message(FATAL_ERROR "${header} or lib${library} is missing: apt-get install ${package}")
  endif()
  target_link_libraries(oro_libraries INTERFACE ${ORO_${library}_LIBRARY})
endfunction()

if(NOT ORO_SANITIZER)
  oro_library(mimalloc.h mimalloc libmimalloc-dev)
endif()
oro_library(gmp.h gmp libgmp-dev)
oro_library(openssl/evp.h crypto libssl-dev)
oro_library(expat.h expat libexpat1-dev)
target_link_libraries(oro_libraries INTERFACE pthread ${CMAKE_DL_LIBS} m)
