@NullMarked
package dev.tiphys.deploy.image;

import org.jspecify.annotations.NullMarked;
