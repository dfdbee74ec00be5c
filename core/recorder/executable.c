#include "core/recorder/executable.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { MOST_SEGMENTS = 64 };

static bool read_at(int file, void *to, size_t size, uint64_t offset) {
    return offset < INT64_MAX && pread(file, to, size, (off_t)offset) == (ssize_t)size;
}

static bool read_header(int file, ElfW(Ehdr) *header) {
    return read_at(file, header, sizeof *header, 0) && memcmp(header->e_ident, ELFMAG, SELFMAG) == 0;
}

/* Of the machine this program itself is for? */
static bool is_native(const ElfW(Ehdr) *header) {
    ElfW(Ehdr) own;
    int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    bool known = file >= 0 && read_header(file, &own);
    if (file >= 0)
        close(file);
    return !known || (header->e_ident[EI_CLASS] == own.e_ident[EI_CLASS] && header->e_machine == own.e_machine);
}

/* Does it ask for the loader? */
static bool is_dynamic(int file, const ElfW(Ehdr) *header) {
    ElfW(Phdr) segment;
    if (header->e_phentsize != sizeof segment)
        return true;
    for (unsigned i = 0; i < header->e_phnum && i < MOST_SEGMENTS; i++)
        if (!read_at(file, &segment, sizeof segment, header->e_phoff + (uint64_t)i * sizeof segment) ||
            segment.p_type == PT_INTERP)
            return true;
    return false;
}

/* Does executing it give other rights than the user has? Then the loader listens to no variables. */
static const char *find_other_rights(int file) {
    struct stat status;
    if (fstat(file, &status))
        return NULL;
    if (status.st_mode & S_ISUID && status.st_uid != getuid())
        return "runs with its owner's rights (setuid)";
    if ((status.st_mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP) && status.st_gid != getgid())
        return "runs with its group's rights (setgid)";
    if (getuid() != 0 && fgetxattr(file, "security.capability", NULL, 0) > 0)
        return "has capabilities (getcap shows them)";
    return NULL;
}

static bool check_file(int file, const char *program, struct error *error) {
    ElfW(Ehdr) header;
    if (!read_header(file, &header))
        return true;
    if (!is_native(&header))
        return error_set(error, EXIT_STATUS_USAGE, "%s: is built for another kind of machine than pyprof-tui; give --python "
                         "one that is not", program);
    if (!is_dynamic(file, &header))
        return error_set(error, EXIT_STATUS_USAGE, "%s: is a static program, into which no engine can be loaded; give "
                         "--python a python3 that is not", program);
    const char *rights = find_other_rights(file);
    return !rights || error_set(error, EXIT_STATUS_USAGE, "%s: %s, so that no engine can be loaded into it; give --python a "
                                "python3 (a copy of this one) without them", program, rights);
}

bool executable_takes_injector(const char *program, struct error *error) {
    int file = open(program, O_RDONLY | O_CLOEXEC);
    bool takes = file < 0 || check_file(file, program, error);
    if (file >= 0)
        close(file);
    return takes;
}
