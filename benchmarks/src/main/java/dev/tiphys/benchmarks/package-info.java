/**
 * What the hot paths of the API server cost one by one: codecs, selectors, patches and the book of
 * field owners, over one Pod of a common size. Run by hand, with {@code benchmarks/run}; not a part
 * of the build.
 */
@NullMarked
package dev.tiphys.benchmarks;

import org.jspecify.annotations.NullMarked;
