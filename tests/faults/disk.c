/* What does a program write and sync under one folder, and what if a sync fails?
 *
 * Loaded before libc (LD_PRELOAD). Everything written, truncated, synced or removed under DISK_UNDER goes, in its order,
 * into the file DISK_LOG. The file DISK_FAILS may say "-wal 7": then the seventh sync of a file whose path ends so fails
 * with EIO, once.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

static int logged = -1;

static int watched(int fd, char *path)
{
    char link[32];
    const char *under = getenv("DISK_UNDER");
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t size = readlink(link, path, PATH_MAX - 1);
    if (!under || size < 0)
        return 0;
    path[size] = 0;
    return strncmp(path, under, strlen(under)) == 0;
}

static void record(char what, const char *path, uint64_t place, uint32_t size, const void *data)
{
    uint16_t length = strlen(path);
    uint32_t kept = data ? size : 0;
    struct { char what; uint16_t length; uint64_t place; uint32_t size; } __attribute__((packed)) head
        = { what, length, place, size };
    struct iovec parts[3] = { { &head, sizeof head }, { (void *)path, length }, { (void *)data, kept } };
    if (logged < 0)
        logged = open(getenv("DISK_LOG"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (writev(logged, parts, 3) != (ssize_t)(sizeof head + length + kept))
        abort();
}

#define REAL(name) ((typeof(&name))dlsym(RTLD_NEXT, #name))

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t place)
{
    char path[PATH_MAX];
    ssize_t written = REAL(pwrite64)(fd, data, size, place);
    if (written > 0 && watched(fd, path))
        record('W', path, place, written, data);
    return written;
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t place)
{
    return pwrite64(fd, data, size, place);
}

ssize_t write(int fd, const void *data, size_t size)
{
    char path[PATH_MAX];
    ssize_t written = REAL(write)(fd, data, size);
    if (written > 0 && watched(fd, path))
        record('W', path, lseek(fd, 0, SEEK_CUR) - written, written, data);
    return written;
}

static int fails(const char *path)
{
    static int met = 0;
    char line[256] = "", ending[256];
    int which;
    const char *name = getenv("DISK_FAILS");
    int file = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0)
        return 0;
    ssize_t size = read(file, line, sizeof line - 1);
    close(file);
    if (size <= 0 || sscanf(line, "%255s %d", ending, &which) != 2 || strlen(path) < strlen(ending)
        || strcmp(path + strlen(path) - strlen(ending), ending) != 0 || ++met < which)
        return 0;
    REAL(unlink)(name);
    return 1;
}

static int synced(int fd, int (*sync)(int))
{
    char path[PATH_MAX];
    int mine = watched(fd, path);
    if (mine && fails(path)) {
        record('F', path, 0, 0, NULL);
        errno = EIO;
        return -1;
    }
    int code = sync(fd);
    if (mine && code == 0)
        record('S', path, 0, 0, NULL);
    return code;
}

int fsync(int fd) { return synced(fd, REAL(fsync)); }
int fdatasync(int fd) { return synced(fd, REAL(fdatasync)); }

int ftruncate64(int fd, off64_t size)
{
    char path[PATH_MAX];
    int code = REAL(ftruncate64)(fd, size);
    if (code == 0 && watched(fd, path))
        record('T', path, size, 0, NULL);
    return code;
}

int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

int unlink(const char *path)
{
    int code = REAL(unlink)(path);
    const char *under = getenv("DISK_UNDER");
    if (code == 0 && under && strncmp(path, under, strlen(under)) == 0)
        record('U', path, 0, 0, NULL);
    return code;
}
