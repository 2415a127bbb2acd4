/**
 * Ranges of service addresses: each stays, when it is deleted, for as long as an address has been
 * given from it that lies in no other range (KEP-1880). The API server gives the addresses; here it
 * is only decided when a range may go.
 */
@NullMarked
package dev.tiphys.controllermanager.servicecidr;

import org.jspecify.annotations.NullMarked;
