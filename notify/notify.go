// Package notify tells account holders of changes: nobody who must be told is
// missed, nobody is told twice, and it can be shown afterwards.
//
// # Words
//
// A Subject is one version with its changes against the version before. A
// Notice is what one controller tells of one or several Subjects that take
// effect on one date. A Holder is an account holder as the company's own data
// has them; a Recipient is one address with what is told there. All who are
// told the same share a Variant. A Pass is one run of sending.
//
// # Who is told
//
// A holder has products and sites, and a change may be scoped to products and
// sites. A holder sees a change if both meet. Who sees a change that is
// material, or on which nobody has decided, is in the audience, and reads of
// those changes only. Suspended accounts are told; closed and deleted ones are
// not, unless the version says so. A marketing opt-out is no reason not to be
// told. Holders with the same address get one mail, with what any of them sees.
//
// # What happens in which order
//
// Plan reads and sends nothing. Begin makes itself the only sender, takes over
// what a dead one left, checks the size of the audience against the last one,
// and enrols those who are not known yet. Run then tries everyone who was not
// told: it claims rows in the ledger, hands over mails on a pool of
// connections, and records what each server said. A pass ends; another one
// tries again those that are left, and nobody who was told.
//
// Addresses are read from their source in every pass and are kept nowhere
// else: a holder who closed the account or moved to another address since is
// treated as they are now, and there is no list to lose. The price is that the
// source must be there for every pass, and all holders fit in memory.
//
// # What is left out
//
// Nothing here knows a clock or the environment: the caller gives both. Which
// regimes ask for the notice and by when is settled before; see package regime.
package notify
