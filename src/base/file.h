// Reading a whole file; for start-up, before there are file objects.
#pragma once
#include <string>

namespace oro {

// False, with errno set, if it cannot be read.
bool read_file(std::string const& path, std::string& out);

}  // namespace oro
