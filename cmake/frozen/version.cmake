# Writes OUT: a number out of the contents of FILES.
set(all "")
foreach(file IN LISTS FILES)
  file(SHA256 ${file} hash)
  string(APPEND all ${hash})
endforeach()
string(SHA256 all "${all}")
string(SUBSTRING ${all} 0 16 short)
file(WRITE ${OUT} "// Written by cmake/frozen.cmake.\n#pragma once\n#define ORO_CODE_VERSION \"${short}\"\n")
