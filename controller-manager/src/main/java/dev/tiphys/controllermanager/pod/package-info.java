/** What control loops want to know of a pod, as pure functions. */
@NullMarked
package dev.tiphys.controllermanager.pod;

import org.jspecify.annotations.NullMarked;
