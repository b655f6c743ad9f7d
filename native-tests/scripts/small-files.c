/* The metadata loop of bench.sh: small-files DIR COUNT prints "operation calls-per-second" for each phase. What is called
   "again" has been done to the same files before, so that a kernel which may keep what it heard answers it alone; getattr
   reaches the server each time. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { CONTENT_BYTES = 1024, LISTINGS = 10, REPEATS = 5 };

static int directory;
static char content[CONTENT_BYTES];

static void require(int success, const char *what)
{
    if (!success) {
        fprintf(stderr, "small-files: %s: %s\n", what, strerror(errno));
        exit(1);
    }
}

static void create_file(int i)
{
    char name[32];
    snprintf(name, sizeof name, "file-%06d", i);
    int fd = openat(directory, name, O_WRONLY | O_CREAT | O_EXCL, 0644);
    require(fd >= 0, name);
    require(write(fd, content, sizeof content) == (ssize_t) sizeof content, name);
    require(close(fd) == 0, name);
}

static void stat_file(int i)
{
    char name[32];
    struct stat status;
    snprintf(name, sizeof name, "file-%06d", i);
    require(fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0, name);
}

static void read_file(int i)
{
    char name[32];
    snprintf(name, sizeof name, "file-%06d", i);
    int fd = openat(directory, name, O_RDONLY);
    require(fd >= 0, name);
    require(read(fd, content, sizeof content) == (ssize_t) sizeof content, name);
    require(close(fd) == 0, name);
}

static void get_attributes(int i)
{
    (void) i;
    struct statx status;
    require(statx(directory, "", AT_EMPTY_PATH | AT_STATX_FORCE_SYNC, STATX_BASIC_STATS, &status) == 0, "statx");
}

static void rename_file(int i)
{
    char from[32], to[32];
    snprintf(from, sizeof from, "file-%06d", i);
    snprintf(to, sizeof to, "name-%06d", i);
    require(renameat(directory, from, directory, to) == 0, from);
}

static void unlink_file(int i)
{
    char name[32];
    snprintf(name, sizeof name, "name-%06d", i);
    require(unlinkat(directory, name, 0) == 0, name);
}

static int list_entries(const char *path)
{
    DIR *listing = opendir(path);
    require(listing != NULL, path);
    int entries = 0;
    while (readdir(listing) != NULL) {
        entries++;
    }
    require(closedir(listing) == 0, path);
    return entries - 2;
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static void measure(const char *operation, void (*step)(int), int count, int rounds)
{
    double start = now();
    for (int round = 0; round < rounds; round++) {
        for (int i = 0; i < count; i++) {
            step(i);
        }
    }
    printf("%s %.1f\n", operation, rounds * count / (now() - start));
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: small-files DIR COUNT\n");
        return 2;
    }
    int count = atoi(argv[2]);
    directory = open(argv[1], O_RDONLY | O_DIRECTORY);
    require(directory >= 0, argv[1]);

    measure("create", create_file, count, 1);
    measure("stat", stat_file, count, 1);
    measure("stat-again", stat_file, count, REPEATS);
    measure("getattr", get_attributes, count, REPEATS);
    double start = now();
    for (int i = 0; i < LISTINGS; i++) {
        if (list_entries(argv[1]) != count) {
            fprintf(stderr, "small-files: %s lists a wrong number of entries\n", argv[1]);
            return 1;
        }
    }
    printf("readdir %.1f\n", LISTINGS * count / (now() - start));
    measure("open+read", read_file, count, 1);
    measure("open+read-again", read_file, count, REPEATS);
    measure("rename", rename_file, count, 1);
    measure("unlink", unlink_file, count, 1);
    return 0;
}
