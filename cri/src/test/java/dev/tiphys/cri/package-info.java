/** What {@link dev.tiphys.cri.CriClient} promises, against a small runtime in the same process. */
@NullMarked
package dev.tiphys.cri;

import org.jspecify.annotations.NullMarked;
