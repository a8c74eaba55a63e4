# `./x install PREFIX`: bin/orochi with its aliases, and the library that it finds by its own place.
include(GNUInstallDirs)
set(lib_dir lib/python3.14t)
install(TARGETS orochi RUNTIME DESTINATION bin)
foreach(alias python3.14t python3)
  install(CODE "file(CREATE_LINK orochi \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/bin/${alias}\" SYMBOLIC)")
endforeach()
if(ORO_STDLIB_DIR)
  install(DIRECTORY ${ORO_STDLIB_DIR}/ DESTINATION ${lib_dir} PATTERN __pycache__ EXCLUDE PATTERN *.pyc EXCLUDE)
endif()
install(DIRECTORY ${CMAKE_SOURCE_DIR}/lib/ DESTINATION ${lib_dir} PATTERN __pycache__ EXCLUDE PATTERN .gitkeep EXCLUDE
        PATTERN README.md EXCLUDE)
install(DIRECTORY DESTINATION ${lib_dir}/site-packages)
