package org.dsmfs.mount.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class FrontEndTest {
    @Test
    void kernelOfLinux54AndLater() {
        assertEquals(FrontEnd.KERNEL, FrontEnd.preferred("5.4.0-216-generic"));
        assertEquals(FrontEnd.KERNEL, FrontEnd.preferred("6.1.0-32-amd64"));
        assertEquals(FrontEnd.KERNEL, FrontEnd.preferred("10.0"));
        assertEquals(FrontEnd.JNR_FUSE, FrontEnd.preferred("5.3.18-59"));
        assertEquals(FrontEnd.JNR_FUSE, FrontEnd.preferred("4.19.0-27-amd64"));
    }
}
