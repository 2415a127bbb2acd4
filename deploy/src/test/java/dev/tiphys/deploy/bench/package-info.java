/** Tests of how measurements are read. */
@NullMarked
package dev.tiphys.deploy.bench;

import org.jspecify.annotations.NullMarked;
