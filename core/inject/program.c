#include "core/inject/program.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "core/inject/inheritance.h"

enum { HEAD_SIZE = 256, MOST_SEGMENTS = 64, MOST_INTERPRETERS = 4, MOST_NEEDED = 256 };

static char loader[PATH_MAX]; /* of this process */
static uint16_t machine;

/* What a program says that it needs is compared with this: their run-time libraries must be loaded first. */
static const char *const FIRST_LIBRARIES[] = {"libasan.so", "libtsan.so", "liblsan.so", "libclang_rt.", "libhwasan.so"};

static bool read_at(int file, uint64_t offset, void *bytes, size_t size) {
    return pread(file, bytes, size, (off_t)offset) == (ssize_t)size;
}

/* --- this process ----------------------------------------------------------------------------------------- */

bool program_find_loader(void) {
    const ElfW(Phdr) *segments = (const ElfW(Phdr) *)getauxval(AT_PHDR);
    size_t count = getauxval(AT_PHNUM);
    uintptr_t base = 0;
    const ElfW(Phdr) *found = NULL;
    for (size_t i = 0; segments && i < count; i++) {
        if (segments[i].p_type == PT_PHDR)
            base = (uintptr_t)segments - segments[i].p_vaddr;
        if (segments[i].p_type == PT_INTERP)
            found = &segments[i];
    }
    if (!found || found->p_filesz >= sizeof loader)
        return false;
    memcpy(loader, (const char *)(base + found->p_vaddr), found->p_filesz);
    ElfW(Ehdr) head;
    int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    bool done = file >= 0 && read_at(file, 0, &head, sizeof head);
    if (file >= 0)
        close(file);
    machine = done ? head.e_machine : EM_NONE;
    return done;
}

/* --- an ELF file ------------------------------------------------------------------------------------------ */

struct elf {
    int file;
    uint16_t count;
    ElfW(Phdr) segments[MOST_SEGMENTS];
};

static bool read_segments(struct elf *elf, int file, const ElfW(Ehdr) *head) {
    int class = sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32;
    if (head->e_ident[EI_CLASS] != class || head->e_machine != machine || head->e_phentsize != sizeof *elf->segments ||
        head->e_phnum > MOST_SEGMENTS)
        return false;
    elf->file = file;
    elf->count = head->e_phnum;
    return read_at(file, head->e_phoff, elf->segments, elf->count * sizeof *elf->segments);
}

static const ElfW(Phdr) *segment_of(const struct elf *elf, uint32_t type) {
    for (uint16_t i = 0; i < elf->count; i++)
        if (elf->segments[i].p_type == type)
            return &elf->segments[i];
    return NULL;
}

static bool has_this_loader(const struct elf *elf) {
    const ElfW(Phdr) *segment = segment_of(elf, PT_INTERP);
    char text[PATH_MAX];
    size_t size = strlen(loader) + 1;
    return segment && segment->p_filesz == size && read_at(elf->file, segment->p_offset, text, size) &&
           memcmp(text, loader, size) == 0;
}

/* Where in the file an address of the loaded program lies; 0: nowhere. */
static uint64_t offset_of(const struct elf *elf, uint64_t address) {
    for (uint16_t i = 0; i < elf->count; i++) {
        const ElfW(Phdr) *segment = &elf->segments[i];
        if (segment->p_type == PT_LOAD && address >= segment->p_vaddr && address - segment->p_vaddr < segment->p_filesz)
            return address - segment->p_vaddr + segment->p_offset;
    }
    return 0;
}

static bool is_first_library(const struct elf *elf, uint64_t name_offset) {
    char name[32] = "";
    if (pread(elf->file, name, sizeof name - 1, (off_t)name_offset) <= 0)
        return false;
    for (size_t i = 0; i < sizeof FIRST_LIBRARIES / sizeof *FIRST_LIBRARIES; i++)
        if (strncmp(name, FIRST_LIBRARIES[i], strlen(FIRST_LIBRARIES[i])) == 0)
            return true;
    return false;
}

/* A program made with a sanitizer refuses to run when another library comes before the sanitizer's. */
static bool wants_to_be_first(const struct elf *elf) {
    const ElfW(Phdr) *segment = segment_of(elf, PT_DYNAMIC);
    ElfW(Dyn) entries[MOST_NEEDED];
    size_t size = !segment ? 0 : segment->p_filesz < sizeof entries ? segment->p_filesz : sizeof entries;
    if (!size || !read_at(elf->file, segment->p_offset, entries, size))
        return false;
    size_t count = size / sizeof *entries;
    uint64_t strings = 0;
    for (size_t i = 0; i < count; i++)
        if (entries[i].d_tag == DT_STRTAB)
            strings = offset_of(elf, entries[i].d_un.d_ptr);
    for (size_t i = 0; i < count && strings; i++)
        if (entries[i].d_tag == DT_NEEDED && is_first_library(elf, strings + entries[i].d_un.d_val))
            return true;
    return false;
}

/* --- any file --------------------------------------------------------------------------------------------- */

/* Privileges of its own: the loader leaves LD_PRELOAD alone then, and the variables would reach whom they should not. */
static bool has_privileges(int file) {
    struct stat status;
    return fstat(file, &status) != 0 || !S_ISREG(status.st_mode) || status.st_mode & (S_ISUID | S_ISGID) ||
           fgetxattr(file, "security.capability", NULL, 0) > 0;
}

/* The interpreter that the first line, "#!path argument", names; false: none. */
static bool find_interpreter(char head[HEAD_SIZE + 1], const char **path) {
    char *at = head + 2, *end = head + strcspn(head, "\n");
    *end = '\0';
    at += strspn(at, " \t");
    at[strcspn(at, " \t")] = '\0';
    *path = at;
    return *at != '\0';
}

static bool check_file(int file, int depth);

static bool check_path(int folder, const char *path, int flags, int depth) {
    int file = depth < MOST_INTERPRETERS ? openat(folder, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | flags) : -1;
    bool possible = file >= 0 && check_file(file, depth);
    if (file >= 0)
        close(file);
    return possible;
}

static bool check_file(int file, int depth) {
    char head[HEAD_SIZE + 1];
    ssize_t length = pread(file, head, HEAD_SIZE, 0);
    const char *interpreter;
    if (length < 2)
        return false;
    head[length] = '\0';
    if (head[0] == '#' && head[1] == '!')
        return find_interpreter(head, &interpreter) && check_path(AT_FDCWD, interpreter, 0, depth + 1);
    ElfW(Ehdr) elf_head;
    struct elf elf;
    if (length < (ssize_t)sizeof elf_head || memcmp(head, ELFMAG, SELFMAG) != 0 || has_privileges(file))
        return false;
    memcpy(&elf_head, head, sizeof elf_head);
    return read_segments(&elf, file, &elf_head) && has_this_loader(&elf) && !wants_to_be_first(&elf);
}

bool program_can_be_preloaded(int folder, const char *path, int flags) {
    int saved_errno = errno;
    bool possible = check_path(folder, path, flags, 0) && inheritance_is_there();
    errno = saved_errno;
    return possible;
}

bool program_file_can_be_preloaded(int file) {
    int saved_errno = errno;
    bool possible = check_file(file, 0) && inheritance_is_there();
    errno = saved_errno;
    return possible;
}

/* --- PATH ------------------------------------------------------------------------------------------------- */

const char *program_find(const char *name, char *room) {
    const char *folders = getenv("PATH");
    size_t length = strlen(name);
    if (strchr(name, '/'))
        return name;
    for (const char *at = folders ? folders : "/bin:/usr/bin"; *name;) {
        size_t size = strcspn(at, ":");
        if (size + 1 + length < PATH_MAX) {
            memcpy(room, at, size);
            room[size] = '/';
            memcpy(room + size + (size > 0), name, length + 1);
            if (access(room, X_OK) == 0)
                return room;
        }
        if (!at[size])
            break;
        at += size + 1;
    }
    return NULL;
}
