@NullMarked
package dev.tiphys.deploy.node;

import org.jspecify.annotations.NullMarked;
