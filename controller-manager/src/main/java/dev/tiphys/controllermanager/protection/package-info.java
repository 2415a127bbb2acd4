/** Keeps volumes, claims and classes of volumes for as long as somebody uses them. */
@NullMarked
package dev.tiphys.controllermanager.protection;

import org.jspecify.annotations.NullMarked;
