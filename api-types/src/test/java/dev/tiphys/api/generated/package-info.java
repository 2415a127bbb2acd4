/** What generated records promise, checked on all of them. */
@NullMarked
package dev.tiphys.api.generated;

import org.jspecify.annotations.NullMarked;
