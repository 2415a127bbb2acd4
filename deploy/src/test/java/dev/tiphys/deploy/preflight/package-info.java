@NullMarked
package dev.tiphys.deploy.preflight;

import org.jspecify.annotations.NullMarked;
