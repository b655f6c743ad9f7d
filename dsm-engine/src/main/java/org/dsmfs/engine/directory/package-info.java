/**
 * The <em>directory</em>: which partition of the responsible nodes each range of the address space belongs to, as a
 * tree of pages in the space itself. It names responsibility, not location. docs/DIRECTORY.md.
 */
package org.dsmfs.engine.directory;
