/** Plug-ins held to what is published of them. */
@NullMarked
package dev.tiphys.apiserver.admission;

import org.jspecify.annotations.NullMarked;
