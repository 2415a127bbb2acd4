@NullMarked
package dev.tiphys.deploy.machine;

import org.jspecify.annotations.NullMarked;
