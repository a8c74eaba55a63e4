#include "base/file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace oro {

bool read_file(std::string const& path, std::string& out) {
    int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    out.clear();
    char buffer[65536];
    for (;;) {
        ssize_t n = read(fd, buffer, sizeof buffer);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) {
            int saved = errno;
            close(fd);
            errno = saved;
            return false;
        }
        if (n == 0) break;
        out.append(buffer, std::size_t(n));
    }
    close(fd);
    return true;
}

}  // namespace oro
