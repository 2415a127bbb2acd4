/** Tests of what works on any resource. */
@NullMarked
package dev.tiphys.apiserver.resource;

import org.jspecify.annotations.NullMarked;
