/** Tests of expressions without a server. */
@NullMarked
package dev.tiphys.apiserver.cel;

import org.jspecify.annotations.NullMarked;
