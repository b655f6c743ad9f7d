/**
 * POSIX semantics as functions over pages; {@link org.dsmfs.layout.FileSystem} is what front ends use.
 */
package org.dsmfs.layout;
