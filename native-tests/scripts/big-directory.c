/* Fills one directory: big-directory DIR COUNT makes it, prints microseconds per entry for each phase, removes it. */
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

enum { NAME_BYTES = 32, LOOKUPS = 10000 };

static int directory;
static int count;
static unsigned char *seen;

static void require(int success, const char *what)
{
    if (!success) {
        fprintf(stderr, "big-directory: %s: %s\n", what, strerror(errno));
        exit(1);
    }
}

static double now_us(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1e6 + time.tv_nsec / 1e3;
}

static void create_all(void)
{
    char name[NAME_BYTES];
    for (int i = 0; i < count; i++) {
        snprintf(name, sizeof name, "entry-%07d", i);
        int file = openat(directory, name, O_WRONLY | O_CREAT | O_EXCL, 0644);
        require(file >= 0, name);
        require(close(file) == 0, name);
    }
}

static void look_up_some(void)
{
    char name[NAME_BYTES];
    struct stat status;
    for (int i = 0; i < LOOKUPS; i++) {
        snprintf(name, sizeof name, "entry-%07d", (int) (random() % count));
        require(fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0, name);
    }
}

/* No cache answers for a name that was never looked up. */
static void miss_some(void)
{
    char name[NAME_BYTES];
    struct stat status;
    for (int i = 0; i < LOOKUPS; i++) {
        snprintf(name, sizeof name, "entry-%07d-%d", (int) (random() % count), i);
        require(fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT, name);
    }
}

static void list_all(void)
{
    int listed = 0;
    DIR *stream = fdopendir(openat(directory, ".", O_RDONLY | O_DIRECTORY));
    require(stream != NULL, "opendir");
    errno = 0;
    for (struct dirent *entry; (entry = readdir(stream)) != NULL;) {
        int number;
        if (entry->d_name[0] == '.') {
            continue;
        }
        if (sscanf(entry->d_name, "entry-%d", &number) != 1 || number < 0 || number >= count || seen[number]++) {
            fprintf(stderr, "big-directory: listed twice, or never made: %s\n", entry->d_name);
            exit(1);
        }
        listed++;
    }
    require(errno == 0, "readdir");
    closedir(stream);
    if (listed != count) {
        fprintf(stderr, "big-directory: %d of %d entries listed\n", listed, count);
        exit(1);
    }
}

static void remove_all(void)
{
    char name[NAME_BYTES];
    for (int i = 0; i < count; i++) {
        snprintf(name, sizeof name, "entry-%07d", i);
        require(unlinkat(directory, name, 0) == 0, name);
    }
}

static double per_entry_us(void (*phase)(void), int entries)
{
    double start = now_us();
    phase();
    return (now_us() - start) / entries;
}

int main(int argc, char **argv)
{
    if (argc != 3 || (count = atoi(argv[2])) <= 0) {
        fprintf(stderr, "usage: big-directory DIR COUNT\n");
        return 2;
    }
    seen = calloc(count, 1);
    require(seen != NULL, "memory");
    require(mkdir(argv[1], 0755) == 0, argv[1]);
    directory = open(argv[1], O_RDONLY | O_DIRECTORY);
    require(directory >= 0, argv[1]);
    printf("%9d", count);
    printf(" %8.1f", per_entry_us(create_all, count));
    printf(" %8.1f", per_entry_us(look_up_some, LOOKUPS));
    printf(" %8.1f", per_entry_us(miss_some, LOOKUPS));
    printf(" %8.2f", per_entry_us(list_all, count));
    printf(" %8.1f\n", per_entry_us(remove_all, count));
    require(rmdir(argv[1]) == 0, argv[1]);
    return 0;
}
