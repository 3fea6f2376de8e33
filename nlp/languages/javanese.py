"""Javanese of the central province: ngoko, krama, and ngapak of Banyumas and Tegal. Lists written by us.

Registers are a hint for the tone of an answer. Krama words win over ngoko ones, because people mix
polite words into plain speech and seldom the other way round.
"""

from __future__ import annotations

from nlp.languages import LanguagePack, phrases, table, word_set

SPELLING = table("""
ora = rak ra ura orak
wis = wes uwis uwes
iki = ki
kuwi = kui
piye = pye pie pripun kepriwe kepriben keprimen kepiye
sing = seng
isih = esih ijih
opo = apa
ojo = aja
ono = ana onok
arep = ape ameh
kabeh = kbeh kabih
akeh = okeh wakeh
durung = rung gurung
bangjo = abangijo bangjone
prapatan = perapatan prempatan
dhewekan = dewekan dhewean dewean ijenan
jalan = dalan dalane dalanku ndalan ndalane dalanipun margi margine marginipun radinan
rumah = omah omahe omahku umah umahe umahku griya griyanipun
air = banyu banyune banyunipun toya toyane toyanipun
jembatan = kreteg kretege kretek krethek kreteng kereteg
sampah = uwuh uwuhe
pohon = wit wite uwit uwite
lor = ngalor elor
kidul = ngidul
wetan = ngetan etan
kulon = ngulon
mboten = boten mbten
nggih = inggih njih
sampun = mpun
kula = kulo
wonten = enten
matur nuwun = maturnuwun matursuwun maturnuwon
""")
# "apa" and "aja" are Indonesian words of their own: they keep their sense unless the text is Javanese.
for _word in ("apa", "aja", "ana", "ra", "ki", "ape"):
    SPELLING.pop(_word, None)

CUES = {
    "negator": phrases("""
        ora, dudu, ojo, durung, mboten, sanes, dereng, tanpo, udu, ora ono, mboten wonten, ora tau
    """),
    "breaker": phrases("mergo, amarga, amargi, jalaran, nanging, tur, dadi, kok, nganti, ngantos"),
    "condition": phrases("""
        nek, yen, menawi, bilih, umpama, upamane, menowo, wedi, wedine, kuwatir, mugo mugo, ojo nganti, aja nganti,
        sampun ngantos, saben udan, angger udan
    """),
    "past": phrases("biyen, mbiyen, rumiyin, taun wingi, wis asat, sampun asat, jaman biyen, tau"),
    "over": phrases("""
        wis asat, wis surut, sampun asat, wis apik, wis alus, wis aman, wis didandani, sampun dipun dandosi, wis
        ditambal, wis murub, murub maneh, wis mili, mili maneh, sampun mili, wis rampung, sampun rampung, wis mari,
        wis waras, sampun saras, saiki wis ora
    """),
    "gone": phrases("wis ora ono, ora tau maneh, wis ora tau"),
    "contrast": phrases("nanging, ning kok, jebule, nyatane, tetep, isih, durung, tulung, nyuwun"),
    "contrary": phrases("nyatane, jebule, jebul, buktine"),
    "worse": phrases("tambah, tetep, isih, malah, terus, maneh, kok"),
    "unreal": phrases("ngimpi, atiku, atimu, utekku, pikirku"),
    "alike": phrases("koyo, kaya, kados"),
    "now": phrases("""
        saiki, sakniki, sapunika, seprene, mau bengi, wengi iki, dino iki, sakmeniko, gemiyen, siki
    """),
    "question": phrases("""
        piye, kapan, opo, ngopo, ngapa, sopo, neng ndi, nang ndi, pinten, pripun, kenging menapa, menapa, jam
        piro, piro
    """),
    "wondering": phrases("""
        nyuwun pirsa, badhe tanglet, badhe nyuwun pirsa, arep takon, takon min, jam piro, carane piye, tanglet,
        syaratipun, syarate opo
    """),
    "own": phrases("""
        griya kula, omah kula, anak kula, lare kula, ibu kula, bapak kula, simbah kula, garwa kula, omahe
        simbah, kampunge dewe, nggone nyong, umahe inyong, anake inyong, mboke inyong, desane kula, dusun kula,
        ngarep omah, tanggane inyong, ngajeng griya, kampung kula
    """),
    "done": phrases("wis, sampun, bar, rampung"),
    "beside": phrases("""
        ngarep, ngarepe, mburi, cedhak, cedak, cerak, sandhing, sisih, etan, wetan, kulon, lor, kidul, kilen,
        ngajeng, wingking, pinggir, liwat, tekan, nganti, prapatan, ngisor, sakdurunge
    """),
    "bystander": phrases("bocah sekolah, lare sekolah, mangkat sekolah, mulih sekolah"),
    "need": phrases("""
        nyuwun, njaluk, jaluk, butuh, kurang, ora ono, ora ana, mboten wonten, laka, durung, kapan, tulung,
        ditarik, kebak, nutup, mbayar
    """),
    "lasts": phrases("""
        ket wingi, ket mau, ket biyen, saben dino, saben sasi, suwe banget, setaun, seminggu, sesasi
    """),
    "kin": phrases("""
        lare, bocah, anak, putra, putu, simbah, mbah, eyang, mbokdhe, tiyang sepuh, wong tuwo, rondo
    """),
    "lack": phrases("""
        ora iso, ora bisa, ora mampu, ora duwe, ora nduwe, ora ono ragat, mboten saged, mboten gadhah, mboten
        mampu, mboten wonten, durung mbayar, durung kebayar, dereng bayar, prei, mandheg, ora tau entuk, mboten
        nate angsal, ora mangan, durung mangan, ora kopen, ora ono sing ngurusi, ngurusi ora ono
    """),
    "near": phrases("""
        bojo, bojoku, garwa, wong tuwa, wong tuwaku, simbok, simbokku, bapakku, mboke, bapake, anakku, adhiku,
        bocahe, ninine, mbahne, lik, bulik, pakdhe, budhe, bocah loro, ponakanku, biyung, rondo, randha,
        tangga, tanggaku, kula randha, mbah kakung, mbah putri, garwanipun
    """),
    "ill": phrases("""
        lara, gerah, mriang, wuta, lairan, dioperasi, ora iso melek, ora isa melek, ora iso mlaku, ora isa mlaku,
        lara jantung, gerah sepuh, rabun, watuk, abuh, bosok, ora metu omah, mboten saged mlampah, lumpuh, watuk
        getih, ngobati, ora iso turu
    """),
    "schooling": phrases("mlebu sekolah, sekolahe, mlebet sekolah, mlebu sma, mlebu smp, sangu, sepatune"),
    "living": phrases("sega, sego, mangan, nedha, beras, turu, sare, omah reyot, griya reyot, griyane, pitulungan"),
    "burden": phrases("""
        ora kuat, ra kuat, ora sanggup, ora mampu, ora duwe, ora nduwe, ora due, mboten gadhah, mboten mampu, didol,
        mandeg, mandheg, ora ono ragat, ora ana ragate, nganggur, isin sekolah, ora ana sing ngopeni, ora ono sing
        ngopeni, ora ana sing ngrumat, ora ono sing ngurusi, mboten wonten ingkang, ora tau ulih, ora tau entuk,
        durung tau, dereng nate, mboten nate, durung kuat tuku, ora mbayar, ora iso mbayar, nunggak, tagihane, rubuh
        separo, ijen, sare teng, mung buruh, ora oleh, durung mbayar, dereng bayar, mboten pareng, dipedot, luwe,
        ngelih, sego uyah, mulung, ditagih, utange, nganti didol, ngesot, pasrah, dirabekke, minggat, ditinggal
        minggat, ora cukup, ora iso melek, ora isa melek, ora iso mlaku, ora isa mlaku, ora iso tangi, ora isa tangi
    """),
    "self": phrases("aku, kula, inyong, nyong, dalem, awake dewe, warga, enyong"),
}

REGISTERS = {
    "krama": word_set("""
mboten boten nggih inggih njih kula kulo dalem panjenengan jenengan sampun wonten pripun menapa punika niki niku
sanget matur nuwun suwun nyuwun pangapunten ngapunten badhe saged saget dereng kaliyan wau sedaya sedanten griya
margi toya tiyang lare putra kangge kagem mangke sakniki sapunika mugi bilih menawi amargi ngantos dados nembe
tindak rawuh mawon mriki mriku ngriki pinten sinten pundi dumugi wekdal dinten wungu gerah supados kersa lenggah
ndalu
"""),
    "ngapak": word_set("""
inyong nyong enyong rika rikane kepriwe kepriben kepriben kiye kiyeh kuwe kuweh koh bae maning pisan jan
kencot madang gutul ngendi ngeneh ngonoh mbok mbokan deneng dening nganah ngeneh gigal teyeng gelem njagong
genah ngapa batir lanang wadon umah bocah sokin tah temenan sekang nggon nggone ngerti ngode kowen lah pan pimen
priben kayong ndoyan lombo sedurunge arane siki ganu mbekayu kakang mendean gagian gagiyan mandan gole sedelat
ngemek maring esih jere ndisit olih ulih yah yakh inyonge biyung biyunge umaeh
"""),
    "ngoko": word_set("""
aku kowe kon awakmu ora wis wes iki kuwi kui piye sing seng opo ngopo ono arep isih kabeh akeh durung dudu ojo
neng ning nang karo kanggo mergo amarga nek yen saiki mau wingi sesuk biyen banget tenan lho to kok iso entuk
duwe gawe dalan banyu udan omah wong cah bocah mlaku mangan turu teko teka lungo metu mlebu gede cilik apik elek
rusak jembrong peteng kreteg meh nganti terus maneh meneh wae ae rak tulung mesakke kapok suwe gelem emoh mbok
pak lek dhewe dewe ngene ngono kene kono ngendi sopo pirang luwih kurang kudu ndang gek sik dhisik didandani
dandani mbelgedes bosok asat surut lor kidul wetan kulon
"""),
}

FUNCTION = (REGISTERS["krama"] | REGISTERS["ngapak"] | REGISTERS["ngoko"]) - word_set("""
banget terus rusak surut kurang pak aku iki dalem lah pan jan mau karo lho to kok ae teka nang kae wau gede
pisan lek kon putra lanang genah tindak kersa dados mbok tah lor kidul wetan kulon warga bae ngerti gelem cah
meh bocah sik yah koh maring
""")

JAVANESE = LanguagePack("jv", "Jawa", FUNCTION, CUES, SPELLING, REGISTERS)
