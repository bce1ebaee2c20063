// Package notify says who must be told of a change, by when, and in which words.
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
// Notices makes one Notice for each controller. Its Audience is found among the
// account holders; a Plan lists it and sends nothing. A Writer writes the mail
// of each Variant, from the templates and the legal team's words. Package
// delivery sends it.
//
// Addresses are read from their source for every pass and are kept nowhere
// else: a holder who closed the account or moved to another address since is
// treated as they are now, and there is no list to lose. The price is that the
// source must be there for every pass. Holders stream by, ordered by address;
// what does not fit into memory is spooled, and gone with the program.
//
// # What is left out
//
// Nothing here knows a clock or the environment: the caller gives both. Which
// regimes ask for the notice and by when is settled before; see package regime.
package notify
