package org.dsmfs.posix;

import static org.dsmfs.posix.sys.Descriptor.O_CREAT;
import static org.dsmfs.posix.sys.Descriptor.O_DIRECTORY;
import static org.dsmfs.posix.sys.Descriptor.O_RDONLY;
import static org.dsmfs.posix.sys.Descriptor.O_WRONLY;
import static org.dsmfs.posix.sys.FileStatus.S_IFDIR;
import static org.dsmfs.posix.sys.FileStatus.S_IFREG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.dsmfs.posix.support.Basis;
import org.dsmfs.posix.support.PosixSuite;
import org.dsmfs.posix.support.TestDirectory;
import org.dsmfs.posix.sys.Descriptor;
import org.dsmfs.posix.sys.DirectoryReader;
import org.dsmfs.posix.sys.Posix;
import org.junit.jupiter.api.Test;

@PosixSuite("POSIX.1-2017 3.170 filename: any bytes but '/' and NUL; pathname(7)")
class NamesTest {
    @Test
    void anyByteMayBeInAName(final TestDirectory directory) {
        final Set<String> names = new TreeSet<>();
        for (char c = 1; c <= 255; c++) {
            if (c != '/') {
                names.add("x" + c);
                directory.file("x" + c);
            }
        }
        assertEquals(names, new TreeSet<>(DirectoryReader.names(directory.path())));
        names.forEach(name -> Posix.unlink(directory.path(name)));
    }

    @Test
    void namesThatLookSpecialAreNot(final TestDirectory directory) {
        final List<String> names = List.of("...", " ", "-", "*", "a\nb", "~", "\\", "CON", ".hidden", "A", "a",
            "\u00c3\u00a4", "a\u00cc\u0088");
        names.forEach(directory::file);
        assertEquals(Set.copyOf(names), Set.copyOf(DirectoryReader.names(directory.path())));
    }

    @Test
    void twoHundredLongNamesThatDifferAtTheEndAreApart(final TestDirectory directory) {
        final String prefix = "n".repeat(250);
        for (int i = 0; i < 200; i++) {
            directory.file(prefix + String.format("%05d", i), new byte[i]);
        }
        for (int i = 0; i < 200; i++) {
            assertEquals(i, Posix.stat(directory.path(prefix + String.format("%05d", i))).size());
        }
        assertEquals(200, DirectoryReader.names(directory.path()).size());
    }

    @Test
    @Basis("POSIX.1-2017 openat(): the depth of a tree is not bounded by PATH_MAX")
    void aTreeMayBeDeeperThanAPath(final TestDirectory directory) {
        final String name = "d".repeat(200);
        Descriptor here = Descriptor.open(directory.path(), O_RDONLY | O_DIRECTORY);
        for (int depth = 0; depth < 100; depth++) {
            here.mkdirAt(name, 0755);
            final Descriptor below = here.openAt(name, O_RDONLY | O_DIRECTORY, 0);
            here.close();
            here = below;
        }
        here.openAt("file", O_WRONLY | O_CREAT, 0644).close();
        assertEquals(S_IFREG, here.statAt("file").type());
        here.close();
    }

    @Test
    void threeThousandFilesInATreeAreBuiltAndRemoved(final TestDirectory directory) {
        final String top = directory.directory("tree", 0755);
        final Deque<String> made = new ArrayDeque<>();
        for (int i = 0; i < 15; i++) {
            final String branch = top + "/" + i;
            Posix.mkdir(branch, 0755);
            made.push(branch);
            for (int j = 0; j < 14; j++) {
                final String twig = branch + "/" + j;
                Posix.mkdir(twig, 0755);
                made.push(twig);
                for (int k = 0; k < 14; k++) {
                    directory.file("tree/" + i + "/" + j + "/" + k, new byte[] {(byte) k});
                    made.push(twig + "/" + k);
                }
            }
        }
        assertTrue(made.size() > 3000);
        for (final String path : made) {
            if (Posix.lstat(path).type() == S_IFDIR) {
                Posix.rmdir(path);
            } else {
                Posix.unlink(path);
            }
        }
        Posix.rmdir(top);
    }
}
