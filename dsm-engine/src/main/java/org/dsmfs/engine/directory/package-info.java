/**
 * The <em>directory</em> in the space, at static addresses: a page for each partition that names the pages which were
 * split off from it because another node used them more.
 */
package org.dsmfs.engine.directory;
