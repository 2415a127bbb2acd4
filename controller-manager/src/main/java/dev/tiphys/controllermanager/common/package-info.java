/** What several control loops need: absent values, waiting for our own writes to be seen. */
@NullMarked
package dev.tiphys.controllermanager.common;

import org.jspecify.annotations.NullMarked;
