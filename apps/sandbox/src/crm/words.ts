/** Material for records. Deliberately not ASCII only: readers must cope with every script, combining marks and astral characters. */
export const FIRST_NAMES = [
  'Anna', 'Bjørn', 'Chloé', 'Dmitri', 'Elif', 'François', 'Grace', 'Håkan', 'Inés', 'Jürgen', 'Kwame', 'Łucja', 'Mei', 'Nguyễn', 'Oluwaseun', 'Priya',
  'Quentin', 'Renée', 'Søren', 'Tomás', 'Uma', 'Václav', 'Wei', 'Ximena', 'Yuki', 'Zoë', '陽子', 'Михаил', 'Γιώργος', 'محمد',
] as const;

export const LAST_NAMES = [
  'Adeyemi', 'Bauer', 'Çelik', 'Dubois', 'Eriksson', 'Fernández', 'García', 'Hoffmann', 'Ivanova', 'Jensen', 'Kowalski', 'Lefèvre', 'Müller', 'Nakamura',
  "O'Connor", 'Petrović', 'Quiñones', 'Rossi', 'Schröder', 'Tanaka', 'Ünal', 'van der Berg', 'Weiß', 'Xu', 'Yılmaz', 'Żak', '田中', 'Иванов',
  'Smith-Jones', '😀 Test',
] as const;

export const COMPANY_NAMES = [
  'Nordlicht', 'Blue Harbour', 'Café Réunion', 'Delta Optik', 'Evergreen', 'Førde Bygg', 'Gipfelwerk', 'Hôtel du Lac', 'Iberia Foods', 'Jade Systems',
  'Kraków Steel', 'Lumière', 'Mañana Travel', 'Northwind', 'Öresund Data', 'Pixel & Partner', 'Quarz', 'Río Verde', 'Schwarzwald', 'Tōkyō Motors',
] as const;

export const COMPANY_FORMS = ['GmbH', 'Ltd', 'S.A.', 'AB', 'Inc.', 'B.V.', '株式会社', 'Sp. z o.o.'] as const;

export const PLACES = [
  { city: 'Zürich', country: 'CH', lat: 47.3769, lng: 8.5417 },
  { city: 'São Paulo', country: 'BR', lat: -23.5505, lng: -46.6333 },
  { city: 'Reykjavík', country: 'IS', lat: 64.1466, lng: -21.9426 },
  { city: 'München', country: 'DE', lat: 48.1351, lng: 11.582 },
  { city: '東京', country: 'JP', lat: 35.6762, lng: 139.6503 },
  { city: 'Austin', country: 'US', lat: 30.2672, lng: -97.7431 },
  { city: 'Kraków', country: 'PL', lat: 50.0647, lng: 19.945 },
  { city: 'Đà Nẵng', country: 'VN', lat: 16.0544, lng: 108.2022 },
  { city: 'Lagos', country: 'NG', lat: 6.5244, lng: 3.3792 },
  { city: 'Montréal', country: 'CA', lat: 45.5017, lng: -73.5673 },
] as const;

export const STREETS = ['Hauptstraße', 'Rue de l’Église', 'Long Acre', 'Avenida da República', 'Kungsgatan', 'ul. Długa', 'Via Róma', '桜通り'] as const;
export const OWNERS = ['Ada Krüger', 'Ben Österberg', 'Carla Núñez', 'Dewi Sørensen', 'Emre Şahin', 'Fiona MacLeod'] as const;
export const TAGS = ['newsletter', 'vip', 'partner', 'trial', 'été-2024', 'fair', 'referral', 'churn-risk', '重要'] as const;
export const LIFECYCLE = ['subscriber', 'lead', 'qualified', 'opportunity', 'customer', 'evangelist'] as const;
export const INDUSTRIES = ['software', 'manufacturing', 'hospitality', 'retail', 'logistics', 'energy', 'health'] as const;
export const DEAL_STAGES = ['new', 'contacted', 'proposal', 'negotiation', 'won', 'lost'] as const;
export const CURRENCIES = ['EUR', 'USD', 'CHF', 'SEK', 'JPY'] as const;
export const PRODUCTS = ['Starter kit', 'Pro licence', 'Onboarding', 'Support “Gold”', 'Câble 2 m', 'Sensor Ø 12'] as const;
export const ACTIVITY_TYPES = ['call', 'email', 'meeting', 'note', 'task'] as const;
export const OUTCOMES = ['reached', 'left message', 'no answer', 'rescheduled', 'erledigt ✓'] as const;
export const SUBJECTS = ['Follow-up', 'Rückfrage zum Angebot', 'Démo produit', 'Quarterly review', 'Přehled smlouvy', 'Welcome 👋'] as const;
export const SENTENCES = [
  'Asked for a second quote with delivery in spring.',
  'Möchte die Rechnung künftig als PDF erhalten.',
  'A préféré repousser la démonstration d’une semaine.',
  'Line one\nline two\twith a tab and a "quoted" word and a back\\slash.',
  'Prefers e-mail over phone; never on Fridays.',
  'ご連絡ありがとうございます。',
] as const;
