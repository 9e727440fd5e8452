/** Words that invented companies are called by. The names of the sectors are those of the Global Industry Classification Standard. */
export const sectors = [
  { name: 'Health Care', suffixes: ['Therapeutics', 'Biologics', 'Pharma', 'Medical'], beta: 0.9, volatility: 0.031, weight: 22 },
  {
    name: 'Information Technology',
    suffixes: ['Systems', 'Software', 'Semiconductor', 'Networks'],
    beta: 1.25,
    volatility: 0.025,
    weight: 18,
  },
  { name: 'Financials', suffixes: ['Bancorp', 'Financial', 'Capital', 'Insurance'], beta: 1.05, volatility: 0.017, weight: 12 },
  { name: 'Consumer Discretionary', suffixes: ['Brands', 'Motors', 'Retail', 'Leisure'], beta: 1.2, volatility: 0.024, weight: 11 },
  { name: 'Industrials', suffixes: ['Industries', 'Aerospace', 'Logistics', 'Engineering'], beta: 1.05, volatility: 0.019, weight: 11 },
  { name: 'Communication Services', suffixes: ['Media', 'Interactive', 'Telecom', 'Studios'], beta: 1.1, volatility: 0.022, weight: 6 },
  { name: 'Consumer Staples', suffixes: ['Foods', 'Beverages', 'Household', 'Farms'], beta: 0.6, volatility: 0.014, weight: 5 },
  { name: 'Energy', suffixes: ['Energy', 'Petroleum', 'Drilling', 'Resources'], beta: 1.1, volatility: 0.023, weight: 5 },
  { name: 'Materials', suffixes: ['Materials', 'Chemicals', 'Metals', 'Mining'], beta: 1.05, volatility: 0.021, weight: 4 },
  { name: 'Real Estate', suffixes: ['Properties', 'Realty Trust', 'Residential', 'Land'], beta: 0.85, volatility: 0.016, weight: 3 },
  { name: 'Utilities', suffixes: ['Power', 'Water', 'Gas & Electric', 'Utilities'], beta: 0.5, volatility: 0.012, weight: 3 },
] as const

/** 84 beginnings and 52 endings: 4,368 stems, enough for the largest universe. */
export const beginnings =
  'Aldr Ambr Arct Ashb Auror Avel Balt Beck Bell Brant Bright Calder Camb Carr Cedar Chess Clar Cobr Corv Crest Dalt Delph Dray Dun East Eld Ember Evan Fair Falk Fenn Finch Gal Garr Glen Gran Hal Harr Haven Hol Iron Isl Jas Jun Kest Kil Lark Lind Lor Lum Mar Mer Mont Nav Nor Nov Oak Ocul Orch Pall Pel Pin Quill Quor Rav Red Ros Sable Sax Sel Sol Stell Tal Tern Thorn Trel Umb Val Vest Vir Wal West Wren Zeph'.split(
    ' ',
  )
export const endings =
  'ade adine aker aldi amont andra anis antis aria arin aro ascent aston athe avia axa eda edge ela elian elle emont enna era eris erra esta etta evo ex ia idian iel igo ilon imar ina ington inus ira isco ista ium ix oda olo omar ona ora oro ova'.split(
    ' ',
  )

export const drugs = ['velzanta', 'orimtinib', 'cardexa', 'lumivor', 'tasoprel', 'nexarimab', 'zelquora', 'priventa', 'olverix', 'sanduvo']
export const indications = [
  'moderate-to-severe plaque psoriasis',
  'relapsed follicular lymphoma',
  'type 2 diabetes',
  'treatment-resistant depression',
  'chronic kidney disease',
  'non-small cell lung cancer',
  'generalized myasthenia gravis',
  'ulcerative colitis',
]
export const customers = [
  'a top-five European insurer',
  'the U.S. Department of Energy',
  'a leading cloud provider',
  'a national retail chain',
  'the U.S. Army',
  'a global automaker',
]
export const officers = ['Chief Financial Officer', 'Chief Executive Officer', 'Chief Operating Officer']
export const brokers = ['Harrow & Finch', 'Redmond Securities', 'Castlegate Research', 'Lindqvist Partners']
export const wires = ['SIM Newswire', 'SIM PressLine', 'SIM Market Brief', 'SIM BusinessFeed']
