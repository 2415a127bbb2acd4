@NullMarked
package dev.tiphys.deploy.pki;

import org.jspecify.annotations.NullMarked;
