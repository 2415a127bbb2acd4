@NullMarked
package dev.tiphys.deploy.layout;

import org.jspecify.annotations.NullMarked;
