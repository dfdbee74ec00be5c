#include "core/inject/whole_file.h"

#include <fcntl.h>
#include <link.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool is_whole_file(const char *path) {
    ElfW(Ehdr) header;
    struct stat status;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return false;
    bool read_all = fstat(file, &status) == 0 && read(file, &header, sizeof header) == (ssize_t)sizeof header;
    close(file);
    if (!read_all || memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
        return false;
    uint64_t size = (uint64_t)status.st_size, sections = (uint64_t)header.e_shnum * header.e_shentsize;
    return header.e_shoff <= size && sections <= size - header.e_shoff;
}
