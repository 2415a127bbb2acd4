@NullMarked
package dev.tiphys.deploy.teardown;

import org.jspecify.annotations.NullMarked;
