@NullMarked
package dev.tiphys.deploy.process;

import org.jspecify.annotations.NullMarked;
