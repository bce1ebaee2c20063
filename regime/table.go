package regime

import (
	"time"

	"proviso/policy"
)

// Table returns the built-in regimes by id. Content is in our own words; what
// is law stands at Source.
func Table() []policy.Regime {
	asOf := policy.Date{Year: 2026, Month: time.October, Day: 31} // when the entries were last looked at
	return []policy.Regime{
		{
			ID:       "caloppa",
			Who:      "operators of sites and apps that collect personal data of consumers in California",
			Strength: policy.Own,
			Medium:   "as the policy promises",
			Content: "The policy must state its effective date and how material changes are notified; a team that breaks " +
				"that promise breaks the law. Write the promise down as a regime of your own. 30 days to cure after a " +
				"notice of non-compliance.",
			Source: "Cal. Bus. & Prof. Code 22575(a)-(b), 22577(b)",
			AsOf:   asOf,
		},
		{
			ID:       "ccpa",
			Who:      "businesses under the California Consumer Privacy Act",
			Strength: policy.Floor,
			Medium:   "notice at collection",
			Content: "New categories of data and new incompatible purposes, with retention, before they are collected or " +
				"used. The policy is updated at least every 12 months.",
			Source: "Cal. Civ. Code 1798.100(a)(1), (a)(3), 1798.130(a)(5); 11 CCR 7011(e)(4), 7012",
			AsOf:   asOf,
		},
		{
			ID:       "colorado",
			Who:      "controllers under the Colorado Privacy Act",
			Lead:     policy.Lead{Days: 30},
			Strength: policy.Default,
			Medium:   "the channel usual with the consumer",
			Content: "The material change. No statutory number: 30 days is practice. A secondary use of data already held " +
				"needs consent.",
			Source: "4 CCR 904-3, Rule 6.04(A)-(B)",
			AsOf:   asOf,
		},
		{
			ID:       "contract-30",
			Who:      "whoever has promised account holders 30 days' notice of material changes",
			Lead:     policy.Lead{Days: 30},
			Strength: policy.Floor,
			Grounds:  "security law", // the team's own word: a person answers for it
			Medium:   "email or site notice",
			Content: "Material changes, as promised; the GitHub Terms of Service are a model. A broken promise can be enforced " +
				"as a deceptive practice.",
			Source: "the promise in your own terms; FTC Act section 5",
			AsOf:   asOf,
		},
		{
			ID:       "coppa",
			Who:      "operators of services directed to children in the United States",
			Strength: policy.Gate,
			Medium:   "direct notice to the parent",
			Content: "A material change in collection, use or disclosure: a new direct notice and verifiable parental " +
				"consent before it.",
			Source: "16 CFR 312.5(a)(1)",
			AsOf:   asOf,
		},
		{
			ID:       "dcd",
			Who:      "traders who supply digital content or services to consumers in the EU",
			Lead:     policy.Lead{Days: 30},
			Strength: policy.Default,
			Medium:   "durable",
			Durable:  true,
			Content: "Features and time of the change, and the right to terminate within 30 days of the notice or of the " +
				"change, whichever is later. The law says \"reasonably in advance\": 30 days is the length of the " +
				"exit window, taken over as lead time. Needs a contract clause and a valid reason.",
			Source: "Directive (EU) 2019/770 art 19; BGB 327r(1)-(2)",
			AsOf:   asOf,
			Unsure: true,
		},
		{
			ID:       "dsa",
			Who:      "providers of intermediary services in the EU",
			Strength: policy.Floor,
			Medium:   "email or in-product notice",
			Content:  "Any significant change of the terms and conditions, in clear words, not after it takes effect.",
			Source:   "Regulation (EU) 2022/2065 art 14(1)-(2)",
			AsOf:     asOf,
		},
		{
			ID:       "eecc",
			Who:      "providers of electronic communications services to end-users in the EU, machine-to-machine apart",
			Lead:     policy.Lead{Months: 1},
			Strength: policy.Floor,
			Grounds:  "benefit law",
			Medium:   "durable",
			Durable:  true,
			Content: "The change and the right to terminate without cost. Not owed for changes that only benefit the " +
				"end-user, are purely administrative or are imposed by law. Member states may ask for more.",
			Source: "Directive (EU) 2018/1972 art 105(4)",
			AsOf:   asOf,
		},
		{
			ID:       "gdpr",
			Who:      "controllers of personal data of people in the EU",
			Lead:     policy.Lead{Days: 30},
			Strength: policy.Default,
			Medium:   "email, devoted to the change",
			Content: "What changes and what it means, with time to weigh it and to use one's rights, apart from any " +
				"marketing. No statutory number, only \"well in advance\": 30 days is practice.",
			Source: "GDPR art 5(2), 12(1); WP260 rev.01 paras 29-31",
			AsOf:   asOf,
		},
		{
			ID:       "gdpr-purpose",
			Who:      "controllers who will use data of people in the EU for a new purpose",
			Strength: policy.Gate,
			Medium:   "email, devoted to the change",
			Content: "The new purpose and all information of art 13(2) or 14(2), before the further processing; that also " +
				"needs a compatible purpose or new consent.",
			Source: "GDPR art 13(3), 14(4); WP260 rev.01 para 30",
			AsOf:   asOf,
			Unsure: true,
		},
		{
			ID:       "glba",
			Who:      "financial institutions in the United States",
			Lead:     policy.Lead{Days: 30},
			Strength: policy.Default,
			Medium:   "mail, or email where agreed, with opt-out",
			Content: "A revised notice and a new opportunity to opt out before new non-public data, or data to a new kind " +
				"of third party, is disclosed. A reasonable opportunity: 30 days is the example in the rule.",
			Source: "12 CFR 1016.8(a)-(b), 1016.10(a)(3)",
			AsOf:   asOf,
			Unsure: true,
		},
		{
			ID:       "hipaa-plan",
			Who:      "health plans in the United States",
			Lead:     policy.Lead{Days: 60},
			Strength: policy.After,
			Medium:   "mail, or site notice",
			Content: "The revised notice of privacy practices, within 60 days after a material revision. The practice " +
				"itself may not change before the notice's effective date.",
			Source: "45 CFR 164.520(b)(3), (c)(1)",
			AsOf:   asOf,
		},
		{
			ID:       "korea",
			Who:      "operators under Korean standard terms",
			Lead:     policy.Lead{Days: 30},
			Strength: policy.Default,
			Medium:   "posting and email",
			Content: "The change, 30 days ahead where it is adverse for the holder. 7 days are enough where it is neutral " +
				"or favourable: a policy with such changes only may say so with regimes_only.",
			Source: "Korean terms practice as given in kimlawtech/korean-privacy-terms v2.2.0; the statutes were not read",
			AsOf:   asOf,
			Unsure: true,
		},
		{
			ID:       "lgpd",
			Who:      "controllers of personal data of people in Brazil",
			Strength: policy.Gate,
			Medium:   "email with the changes set off",
			Content: "The changed content itself, set off from the rest: purpose, form and duration, controller, shared " +
				"use. Where consent was the basis the holder may revoke it.",
			Source: "Lei 13.709/2018 art 8 §6, art 9 §2",
			AsOf:   asOf,
		},
		{
			ID:       "p2b",
			Who:      "online platforms in the EU, towards their business users",
			Lead:     policy.Lead{Days: 15},
			Strength: policy.Floor,
			Grounds:  "security law", // art 3(4)
			Medium:   "durable",
			Durable:  true,
			Content: "The proposed change in full and the right to terminate within 15 days of receipt; counted per " +
				"recipient from its own notice. Longer where the user must adapt technically or commercially. A " +
				"change made otherwise is null and void.",
			Source: "Regulation (EU) 2019/1150 art 3(2)-(3), recitals 18-20",
			AsOf:   asOf,
		},
		{
			ID:       "pipl",
			Who:      "handlers of personal data of people in the People's Republic of China",
			Strength: policy.Gate,
			Medium:   "notice to each individual",
			Content:  "The part that changed. A new purpose, method or kind of data may need new consent.",
			Source:   "Personal Information Protection Law art 17",
			AsOf:     asOf,
		},
		{
			ID:       "psd2",
			Who:      "payment service providers in the EU",
			Lead:     policy.Lead{Months: 2},
			Strength: policy.Floor,
			Medium:   "durable",
			Durable:  true,
			Content: "The change, that the user may accept or reject it, that silence counts as acceptance, and the right " +
				"to terminate free of charge until it takes effect.",
			Source: "Directive (EU) 2015/2366 art 51(1), 54",
			AsOf:   asOf,
		},
		{
			ID:       "quebec",
			Who:      "enterprises in Quebec that collect personal information by technological means",
			Strength: policy.Floor,
			Medium:   "site notice",
			Content: "A notice of any amendment, published as the policy is, in clear and simple language, apart from the " +
				"terms.",
			Source: "Act respecting the protection of personal information in the private sector, CQLR c. P-39.1, s 8.2",
			AsOf:   asOf,
			Unsure: true,
		},
		{
			ID:       "subprocessor",
			Who:      "processors with general authorisation, towards their customers",
			Lead:     policy.Lead{Days: 30},
			Strength: policy.Default,
			Medium:   "email to customers, with a way to object",
			Content: "The sub-processor added or replaced, while there is still time to object. The number of days comes " +
				"from the data processing agreement: 30 days is practice.",
			Source: "GDPR art 28(2)",
			AsOf:   asOf,
		},
		{
			ID:       "uk-gdpr",
			Who:      "controllers of personal data of people in the United Kingdom",
			Lead:     policy.Lead{Days: 30},
			Strength: policy.Default,
			Medium:   "email, devoted to the change",
			Content: "New uses, brought to people's attention before they begin. No statutory number: 30 days is practice. " +
				"The guidance is under review since the Data (Use and Access) Act 2025.",
			Source: "UK GDPR; ICO, Right to be informed",
			AsOf:   asOf,
		},
		{
			ID:       "us-retroactive",
			Who:      "companies in the United States that apply a change to data they already hold",
			Strength: policy.Gate,
			Medium:   "email and consent",
			Content: "What changes, explained; affirmative express consent before it is applied to data already held. " +
				"Posting is not enough.",
			Source: "FTC Act section 5; Conn. Gen. Stat. 42-520(b)(3); 4 CCR 904-3, Rule 6.04(B); Minn. Stat. 325M.16 subd 1 (not read)",
			AsOf:   asOf,
		},
		{
			ID:       "wa-mhmda",
			Who:      "entities that hold consumer health data of people in Washington",
			Strength: policy.Gate,
			Medium:   "consent",
			Content:  "A new category or purpose, disclosed and consented to before it is collected, used or shared.",
			Source:   "RCW 19.373.020(1)(c)-(d)",
			AsOf:     asOf,
		},
	}
}
