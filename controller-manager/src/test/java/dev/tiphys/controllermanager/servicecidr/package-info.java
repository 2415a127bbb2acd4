/** When a range of service addresses may go. */
@NullMarked
package dev.tiphys.controllermanager.servicecidr;

import org.jspecify.annotations.NullMarked;
