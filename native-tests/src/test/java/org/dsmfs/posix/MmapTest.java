package org.dsmfs.posix;
import org.dsmfs.posix.support.*;
import org.dsmfs.posix.sys.*;
import org.junit.jupiter.api.Test;
@PosixSuite("x")
class MmapTest { @Test void m(TestDirectory d) throws Throwable { 
 try (Descriptor file = Descriptor.open(d.file("f"), 2)) {
 Mapping.of(file, 0, 4096, Mapping.PROT_READ | Mapping.PROT_WRITE, Mapping.MAP_SHARED).close(); } } }
